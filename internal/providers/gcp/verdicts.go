package gcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"om-secret-exec/internal/providers"
)

func (q question) errNotFound(api apiError) *providers.Error {
	r := q.resource
	if r.version != latest && strings.Contains(api.text, "secret version [") {
		return &providers.Error{
			Code: providers.VersionNotFound, Message: fmt.Sprintf("the secret %q has no version %q", r.secret, r.version),
			Hint: "gcloud secrets versions list " + r.secret + " --project " + r.project + " shows those it has",
		}
	}
	hint := "check the id and the project"
	if r.location == "" {
		hint += "; a regional secret needs gcp_location"
	} else {
		hint += "; a global secret is not in a location"
	}
	return &providers.Error{
		Code: providers.NotFound, Message: fmt.Sprintf("there is no secret %q, or it has no version", r.secret), Hint: hint,
	}
}

// errPrecondition is for a version that is there and cannot be read.
func (q question) errPrecondition(api apiError) *providers.Error {
	r := q.resource
	e := &providers.Error{Code: providers.Disabled}
	switch {
	case strings.Contains(api.text, "destroyed"):
		e.Message = fmt.Sprintf("version %q of the secret %q was destroyed", r.version, r.secret)
		e.Hint = "add a version, or pin one that is enabled with ?version="
	case strings.Contains(api.text, "kms"):
		e.Message = fmt.Sprintf("the Cloud KMS key of the secret %q cannot be used", r.secret)
		e.Hint = "enable the key, and let Secret Manager's service agent use it"
	default:
		e.Message = fmt.Sprintf("version %q of the secret %q is disabled", r.version, r.secret)
		e.Hint = "enable it (gcloud secrets versions enable), or pin one that is enabled with ?version="
	}
	return e
}

func (q question) errDenied() *providers.Error {
	e := &providers.Error{
		Code: providers.PermissionDenied, Message: q.permission + " is not allowed on " + q.resource.name(),
		Hint: "grant " + role + " on the secret; Google answers like this for a secret or a project that is not there, too",
	}
	if q.permission == probePermission {
		e.Hint = "grant " + probeRole + ", or a role with this permission alone, on the secret, which reading does not need; " +
			"Google answers like this for a secret or a project that is not there, too"
	}
	return e
}

func errUnauthenticated() *providers.Error {
	return &providers.Error{
		Code: providers.Unauthenticated, Message: title + " does not accept the access token",
		Hint: "check the credentials, gcp_universe_domain, and this machine's clock",
	}
}

func errThrottled() *providers.Error {
	return &providers.Error{
		Code: providers.Throttled, Message: "too many requests", Retryable: true,
		Hint: "lower --concurrency, or raise the project's quota",
	}
}

func errServer() *providers.Error {
	return &providers.Error{
		Code: providers.Unavailable, Message: "the service answers with a server error", Retryable: true,
		Hint: "try again later; status.cloud.google.com tells of outages",
	}
}

// errStopped is the error of who waited until the end of ctx.
func errStopped(ctx context.Context) *providers.Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &providers.Error{Code: providers.Cancelled, Message: "stopped before the answer came"}
	}
	return &providers.Error{
		Code: providers.Timeout, Message: "no answer in time", Retryable: true,
		Hint: "check the network path to Google, or raise --timeout",
	}
}
