package azurekv

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// refusal is what the vault says against a request.
type refusal struct {
	status int
	// code and inner are the service's error codes.
	code, inner string
	// text is searched for fixed phrases, and never shown.
	text  string
	after time.Duration
}

// refusalOf reads an answer of the vault. now stands in for the server's own
// clock when it tells none.
func refusalOf(api *azcore.ResponseError, now time.Time) refusal {
	r := refusal{status: api.StatusCode}
	if api.RawResponse == nil {
		return r
	}
	if date, err := http.ParseTime(api.RawResponse.Header.Get("Date")); err == nil {
		now = date
	}
	r.after = rest.RetryAfter(api.RawResponse.Header, now)
	type coded struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Inner   struct {
			Code string `json:"code"`
		} `json:"innererror"`
	}
	var body struct {
		Error coded `json:"error"`
	}
	data, err := runtime.Payload(api.RawResponse)
	if err == nil && json.Unmarshal(data, &body) == nil {
		r.code, r.inner, r.text = body.Error.Code, body.Error.Inner.Code, body.Error.Message
	}
	return r
}

// explainStatus gives the meaning of a refusal.
func (q question) explainStatus(r refusal) *providers.Error {
	switch {
	case r.status == http.StatusTooManyRequests:
		e := q.failure(providers.Throttled, "too many requests to the vault", "spread the runs, or use several vaults")
		e.Retryable, e.After = true, r.after
		return e
	case r.status >= http.StatusInternalServerError:
		e := q.failure(providers.Unavailable, "the vault has an internal error or is down", hintLater)
		e.Retryable, e.After = true, r.after
		return e
	case r.status == http.StatusForbidden:
		return q.forbidden(r)
	case r.status == http.StatusUnauthorized:
		return q.failure(providers.Unauthenticated, "the vault does not accept the token",
			fmt.Sprintf("check that %s is the vault's tenant, that %s is the vault's cloud, and this machine's clock", keyTenant, keyAuthority))
	case r.status == http.StatusConflict && strings.HasPrefix(r.code, "ObjectIs"):
		return q.failure(providers.Disabled, "the secret is deleted, or about to be deleted or recovered",
			"recover it: "+q.store.azure("recover", q.ref.ID))
	case r.status == http.StatusNotFound && r.code == "SecretNotFound":
		return q.absent()
	case r.status == http.StatusNotFound:
		return q.failure(providers.Unavailable, "the server does not know the address of a secret", hintNotVault)
	case r.status == http.StatusBadRequest && r.code == "BadParameter":
		return q.failure(providers.InvalidRef, fmt.Sprintf("the vault does not take %q as a name, or the version", q.ref.ID),
			"see the names: az keyvault secret list --vault-name "+q.store.place.name())
	}
	return q.failure(providers.Unavailable, fmt.Sprintf("the vault answers with status %d", r.status), hintNotVault)
}

// absent is a secret that is not there. The service has one answer for an absent
// secret and an absent version; the second is NOT_FOUND as well, because nothing
// says that the secret exists.
func (q question) absent() *providers.Error {
	if q.ref.Version != "" {
		return q.failure(providers.NotFound, fmt.Sprintf("the vault has no version %q of a secret %q", q.ref.Version, q.ref.ID),
			"see the versions: "+q.store.azure("list-versions", q.ref.ID))
	}
	return q.failure(providers.NotFound, fmt.Sprintf("the vault has no secret %q", q.ref.ID),
		"check the name and the vault; create it: "+q.store.azure("set", q.ref.ID)+" --file FILE")
}

func (q question) disabled() *providers.Error {
	return q.failure(providers.Disabled, "the secret is disabled",
		"enable it: "+q.store.azure("set-attributes", q.ref.ID)+" --enabled true")
}

// forbidden tells apart whom a 403 is meant for: the secret, the network, or the
// identity. Answers without an inner code are told by their phrases.
func (q question) forbidden(r refusal) *providers.Error {
	switch {
	case r.inner == "SecretDisabled" || r.inner == "" && strings.Contains(r.text, "disabled secret"):
		return q.disabled()
	case r.inner == "ForbiddenByFirewall" || r.inner == "" && strings.Contains(r.text, "Client address"):
		return q.failure(providers.Policy, "the vault's firewall does not let this machine's address in",
			"add the address or the subnet: az keyvault network-rule add --name "+q.store.place.name()+" --ip-address ADDRESS; or use a private endpoint")
	case r.inner == "ForbiddenByConnection":
		return q.failure(providers.Policy, "the vault can be reached by its private endpoint only",
			"run where the private endpoint is, with its private DNS zone")
	case q.probe && r.inner == "ForbiddenByRbac":
		return q.failure(providers.PermissionDenied, "no role lets this identity see the secret's versions",
			`"Key Vault Secrets User", with which it is read, allows it as well; where only some secrets are allowed, check the name`)
	case q.probe:
		return q.failure(providers.PermissionDenied, "this identity may not see the secret's versions, which needs secrets/list",
			"read it to be sure (--online=read): in access policies, secrets/list would show the names of all secrets")
	case r.inner == "ForbiddenByPolicy" || r.inner == "AccessDenied":
		return q.failure(providers.PermissionDenied, "the vault's access policies do not give this identity secrets/get",
			"az keyvault set-policy --name "+q.store.place.name()+" --secret-permissions get --object-id OBJECT")
	case r.inner == "ForbiddenByRbac":
		return q.failure(providers.PermissionDenied, "no role lets this identity read the secret",
			`assign it "Key Vault Secrets User" on the secret or the vault: az role assignment create --role "Key Vault Secrets User" --assignee OBJECT --scope ID; a new assignment takes some minutes. Where only some secrets are allowed, check the name, too`)
	}
	return q.failure(providers.PermissionDenied, "this identity may not read the secret",
		`assign it "Key Vault Secrets User", or secrets/get in the vault's access policies; where only some secrets are allowed, check the name, too`)
}
