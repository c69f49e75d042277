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

// skewLimit is how far Google lets a clock be off.
const skewLimit = 5 * time.Minute

// explain turns a failed login into our own words.
func (l *login) explain(ctx context.Context, a answer, err error) *providers.Error {
	var m *metadataError
	if errors.As(err, &m) {
		return l.fill(l.meta.explain(ctx, m), "the metadata server of this machine")
	}
	hints := rest.Hints{Endpoint: "the credentials file", CA: "--ca-file"}
	e, ok := rest.Explain(ctx, a.err, hints)
	switch {
	case a.err == nil && ctx.Err() != nil:
		e = errStopped(ctx)
	case a.err != nil && !ok:
		e = &providers.Error{Code: providers.Unavailable, Message: "asking for an access token", Retryable: true}
	case a.err == nil && a.status == 0:
		e = l.explainLocal()
	case a.err == nil:
		e = l.explainAnswer(a)
	}
	return l.fill(e, endpointName(a.host))
}

// fill adds what all failures of a login have in common.
func (l *login) fill(e *providers.Error, place string) *providers.Error {
	e.Place, e.Identity = place, l.cred.who()
	if e.Retryable {
		e.Hint = cmp.Or(e.Hint, "try again later, or check the network path to Google (proxy, firewall)")
	}
	if place == "" {
		e.Place = title
	}
	return e
}

// endpointName names a token endpoint. Of an address only the host is shown.
func endpointName(host string) string {
	name, _, _ := strings.Cut(host, ".")
	switch name {
	case "":
		return ""
	case "oauth2", "accounts", "www":
		name = "Google OAuth"
	case "sts":
		name = "Google Security Token Service"
	case "iamcredentials":
		name = "Google IAM Service Account Credentials"
	default:
		name = "token endpoint"
	}
	return name + ", host " + host
}

// explainLocal is for failures without a request.
func (l *login) explainLocal() *providers.Error {
	return &providers.Error{
		Code: providers.Unauthenticated, Message: "no token can be made with the credentials file",
		Hint: "check the file's fields, the token it points to and the program it runs",
	}
}

// explainAnswer goes by the answer of a token endpoint.
func (l *login) explainAnswer(a answer) *providers.Error {
	e := l.verdict(a, parseError(a.body))
	e.Status, e.After = a.status, rest.RetryAfter(a.header, l.now())
	return e
}

func (l *login) verdict(a answer, api apiError) *providers.Error {
	skew := clockSkew(a.header, l.now())
	switch {
	case a.status == http.StatusTooManyRequests || api.status == "rate_limit_exceeded":
		return &providers.Error{Code: providers.Throttled, Message: "too many logins", Retryable: true}
	case a.status == http.StatusRequestTimeout || a.status >= 500:
		return &providers.Error{Code: providers.Unavailable, Message: "the token endpoint answers with a server error", Retryable: true}
	case a.status == http.StatusOK:
		return &providers.Error{
			Code: providers.Unavailable, Message: "the answer holds no access token",
			Hint: "check the addresses in the credentials file, and whether a proxy answers in Google's place",
		}
	case skew > skewLimit:
		return &providers.Error{
			Code: providers.Unauthenticated, Message: "the login was refused, and this machine's clock is " + skew.String() + " off",
			Hint: "set the clock",
		}
	case strings.HasPrefix(a.host, "iamcredentials."):
		return l.explainImpersonation(api)
	case api.status == "":
		return &providers.Error{
			Code: providers.Unavailable, Message: "the answer is not one of a token endpoint (HTTP status " + fmt.Sprint(a.status) + ")",
			Hint: "check the addresses in the credentials file, and whether a proxy answers in Google's place",
		}
	}
	return l.explainGrant(api)
}

// explainGrant is for a refusal in OAuth's words.
func (l *login) explainGrant(api apiError) *providers.Error {
	e := &providers.Error{Code: providers.Unauthenticated}
	switch kind := l.cred.first().Type; {
	case api.status == "unauthorized_client" || api.status == "access_denied":
		e.Code, e.Message = providers.PermissionDenied, "the credentials may not ask for this token"
		e.Hint = "check the organisation's policies for the account, and the pool's attribute condition"
	case kind == typeServiceAccount:
		e.Message = "Google does not accept the key of the service account"
		e.Hint = "check that the key and the account exist and are enabled (gcloud iam service-accounts keys list), and the clock"
	case kind == typeUser || kind == typeExternalUser:
		e.Message = "the user's login has expired or was revoked"
		e.Hint = "run gcloud auth application-default login"
	case api.status == "invalid_target":
		e.Message = "there is no such workload identity pool or provider, or it is disabled"
		e.Hint = "check audience in the credentials file"
	default:
		e.Message = "the workload identity pool does not accept the token"
		e.Hint = "check the token's issuer, audience and expiry, and the provider's attribute mapping and condition"
	}
	if api.status != "" {
		e.Message += " (" + api.status + ")"
	}
	return e
}

// first is what logs in first: the source of an impersonation.
func (c credential) first() *credentialsFile {
	f := &c.file
	for f.Type == typeImpersonated && f.Source != nil {
		f = f.Source
	}
	return f
}

// clockSkew is how far this machine's clock is from that of an answer, both ways;
// 0 when the answer does not tell.
func clockSkew(h http.Header, now time.Time) time.Duration {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return now.Sub(at).Abs().Round(time.Second)
}
