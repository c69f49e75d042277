package gcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	role       = "roles/secretmanager.secretAccessor"
	permission = "secretmanager.versions.access"
	// Those of Probe.
	probeRole       = "roles/secretmanager.viewer"
	probePermission = "secretmanager.versions.get"
)

// question is what an answer is about.
type question struct {
	place, identity string
	resource        resource
	permission      string // that the request needs
}

func hints() rest.Hints {
	return rest.Hints{Endpoint: keyEndpoint + " and " + keyLocation, CA: "--ca-file"}
}

// explain turns an answer that is not a value into our own words.
func (q question) explain(ctx context.Context, a answer, now time.Time) *providers.Error {
	e, api := q.verdict(ctx, a)
	e.Place, e.Identity, e.Status, e.RequestID = q.place, q.identity, a.status, api.id
	if a.header != nil {
		e.After = rest.RetryAfter(a.header, now)
	}
	return e
}

// verdict tries the sources from the surest to the vaguest: an answer that could
// not be read to its end, the service's words, the HTTP status.
func (q question) verdict(ctx context.Context, a answer) (*providers.Error, apiError) {
	if a.err != nil {
		return explainBroken(ctx, a), apiError{}
	}
	api := parseError(a.body)
	if e := q.explainReason(api); e != nil {
		return e, api
	}
	if e := q.explainStatus(api); e != nil {
		return e, api
	}
	return q.explainHTTP(a.status), api
}

// explainBroken is for requests without an answer that can be read.
func explainBroken(ctx context.Context, a answer) *providers.Error {
	const network = "check the network path to Google (proxy, firewall)"
	if e, ok := rest.Explain(ctx, a.err, hints()); ok {
		e.Hint = cmp.Or(e.Hint, network)
		return e
	}
	switch {
	case errors.Is(a.err, errChecksum):
		return &providers.Error{
			Code: providers.Unavailable, Message: "the value does not fit its checksum", Retryable: true,
			Hint: "what came is not what was stored: check what lies between (proxy, gcp_endpoint)",
		}
	case errors.Is(a.err, errNotOurs):
		return errForeign(a.status)
	}
	return &providers.Error{Code: providers.Unavailable, Message: "sending the request", Retryable: true, Hint: network}
}

// explainReason goes by the finer words, which Google's services share.
func (q question) explainReason(api apiError) *providers.Error {
	project := q.resource.project
	if api.perimeter {
		return q.errPerimeter(api)
	}
	switch api.reason {
	case "SERVICE_DISABLED":
		return &providers.Error{
			Code: providers.Config, Message: "the Secret Manager API is not enabled in project " + project,
			Hint: "check the project, then run gcloud services enable secretmanager.googleapis.com --project " + project,
		}
	case "CONSUMER_INVALID", "CONSUMER_SUSPENDED", "BILLING_DISABLED":
		return &providers.Error{
			Code: providers.Config, Message: "the project " + project + " is not there, suspended, or without billing (" + api.reason + ")",
			Hint: "check project_id and gcp_quota_project",
		}
	case "USER_PROJECT_DENIED":
		return &providers.Error{
			Code: providers.PermissionDenied, Message: "the project that pays for the requests may not be used",
			Hint: "grant roles/serviceusage.serviceUsageConsumer on it, or change gcp_quota_project or quota_project_id in the credentials file",
		}
	case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		return &providers.Error{
			Code: providers.PermissionDenied, Message: "the access token does not have the scope cloud-platform",
			Hint: "give the machine or the login the scope cloud-platform",
		}
	case "SECURITY_POLICY_VIOLATED":
		return q.errPerimeter(api)
	case "ORG_RESTRICTION_VIOLATION", "ORG_RESTRICTION_HEADER_INVALID", "LOCATION_ORG_POLICY_VIOLATED", "LOCATION_POLICY_VIOLATED":
		return &providers.Error{
			Code: providers.Policy, Message: "a policy of the organisation refuses the request (" + api.reason + ")",
			Hint: "ask who administers the organisation's policies",
		}
	}
	return nil
}

func (q question) errPerimeter(api apiError) *providers.Error {
	e := &providers.Error{
		Code: providers.Policy, Message: "a service perimeter (VPC Service Controls) refuses the request",
		Hint: "ask for an ingress rule or an access level for the identity and this network",
	}
	if api.id != "" {
		e.Hint += "; the request id finds the refusal in the audit log"
	}
	return e
}

// explainStatus goes by Google's name of the error. Whether secret or version is
// missing is told by the text alone.
func (q question) explainStatus(api apiError) *providers.Error {
	switch api.status {
	case "NOT_FOUND":
		return q.errNotFound(api)
	case "FAILED_PRECONDITION":
		return q.errPrecondition(api)
	case "PERMISSION_DENIED":
		if strings.Contains(api.text, "vpcservicecontrols") {
			return q.errPerimeter(api)
		}
		return q.errDenied()
	case "INVALID_ARGUMENT":
		return &providers.Error{
			Code: providers.InvalidRef, Message: title + " refuses the name or the version as malformed",
			Hint: "check the id and the version; a regional secret needs gcp_location, a global one none",
		}
	case "UNAUTHENTICATED":
		return errUnauthenticated()
	case "RESOURCE_EXHAUSTED":
		return errThrottled()
	case "UNAVAILABLE", "INTERNAL", "UNKNOWN", "ABORTED", "DEADLINE_EXCEEDED":
		return errServer()
	}
	return nil
}

// explainHTTP goes by the status alone, for answers of something in between.
func (q question) explainHTTP(status int) *providers.Error {
	switch {
	case status == http.StatusUnauthorized:
		return errUnauthenticated()
	case status == http.StatusForbidden:
		return q.errDenied()
	case status == http.StatusTooManyRequests:
		return errThrottled()
	case status == http.StatusRequestTimeout || status >= 500:
		return errServer()
	}
	return errForeign(status)
}

func errForeign(status int) *providers.Error {
	return &providers.Error{
		Code: providers.Unavailable, Message: fmt.Sprintf("the answer is not one of the service's (HTTP status %d)", status),
		Hint: "check " + keyEndpoint + ", and whether a proxy answers in Google's place",
	}
}
