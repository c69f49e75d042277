package gcp

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// explainImpersonation is for a refusal to act as another service account.
func (l *login) explainImpersonation(api apiError) *providers.Error {
	target := l.cred.target
	if target == "" {
		target = "the service account of the credentials file"
	}
	role := "roles/iam.serviceAccountTokenCreator"
	if l.cred.target == "" && l.cred.kind == typeExternal {
		role = "roles/iam.workloadIdentityUser"
	}
	switch {
	case api.reason == "SERVICE_DISABLED":
		return &providers.Error{
			Code: providers.Config, Message: "the IAM Service Account Credentials API is not enabled",
			Hint: "run gcloud services enable iamcredentials.googleapis.com in the project of the credentials",
		}
	case api.status == "NOT_FOUND":
		return &providers.Error{
			Code: providers.Config, Message: "there is no service account " + target,
			Hint: "check " + keyImpersonate + ", or service_account_impersonation_url in the credentials file",
		}
	case api.status == "PERMISSION_DENIED":
		return &providers.Error{
			Code: providers.PermissionDenied, Message: "acting as " + target + " is not allowed",
			Hint: "grant " + role + " on it to the identity",
		}
	case api.status == "UNAUTHENTICATED":
		return &providers.Error{
			Code: providers.Unauthenticated, Message: "the token to act as " + target + " with is not accepted",
			Hint: "check the credentials, and the clock",
		}
	}
	return &providers.Error{
		Code: providers.Unavailable, Message: "no token for " + target + " was given",
		Hint: "check " + keyImpersonate + ", and whether a proxy answers in Google's place",
	}
}

// explain gives the meaning of an error of the metadata server.
func (m *metadata) explain(ctx context.Context, e *metadataError) *providers.Error {
	if ctx.Err() != nil {
		return errStopped(ctx)
	}
	hints := rest.Hints{Endpoint: variableMetadata, CA: "--ca-file"}
	known, ok := rest.Explain(ctx, e.cause, hints)
	known = m.verdict(e, known, ok)
	known.Status = e.status
	return known
}

func (m *metadata) verdict(e *metadataError, known *providers.Error, ok bool) *providers.Error {
	switch {
	case ok && known.Refused:
		known.Hint = "the node's agent may not be up yet, which is waited for until the time-out; outside of Google's cloud " + m.howTo
		return known
	case e.cause != nil && !m.expected:
		return &providers.Error{
			Code: providers.Unauthenticated, Message: "there are no credentials: no file is set, and no metadata server answers",
			Hint: m.howTo + "; " + keyCredential + "=metadata waits for a server that is slow to start",
		}
	case errors.Is(e.cause, errStranger):
		return &providers.Error{
			Code: providers.Unauthenticated, Message: "what answers is not Google's metadata server",
			Hint: "check " + variableMetadata + "; outside of Google's cloud, " + m.howTo,
		}
	case ok:
		return known
	case e.status == http.StatusNotFound:
		return &providers.Error{
			Code: providers.Unauthenticated, Message: "the metadata server knows no service account",
			Hint: "attach a service account to the machine or pod, or " + m.howTo,
		}
	case e.status == http.StatusForbidden:
		return &providers.Error{
			Code: providers.PermissionDenied, Message: "the metadata server gives no token to this pod",
			Hint: "grant roles/iam.workloadIdentityUser on the Google service account to the pod's service account",
		}
	case e.status == http.StatusTooManyRequests || e.status >= 500:
		return &providers.Error{
			Code: providers.Unavailable, Message: "the metadata server answers with a server error", Retryable: true,
			Hint: "it may be starting; raise --timeout",
		}
	}
	return &providers.Error{
		Code: providers.Unavailable, Message: fmt.Sprintf("the metadata server's answer is not a token (HTTP status %d)", e.status),
		Hint: "check " + variableMetadata, Retryable: e.cause != nil,
	}
}
