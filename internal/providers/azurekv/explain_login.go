package azurekv

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// explainLogin turns the failure to get a token into ours. The place is who was
// asked for it. The trace is locked.
func (q question) explainLogin(ctx context.Context) *providers.Error {
	t, l := q.trace, q.store.login
	e := q.loginFailure(ctx)
	if t.answer.status != 0 && t.host == q.store.place.host {
		e.Status = 0 // that was the vault's question for a token
	}
	if asked := q.tokenPlace(); asked != "" && vaultTenant(t.login) == "" && e.Code != providers.Config {
		e.Place = asked
	}
	e.Identity = l.identity()
	return e
}

// tokenPlace names who was asked for a token last, or "".
func (q question) tokenPlace() string {
	host := q.trace.host
	authority, _ := url.Parse(q.store.place.authority)
	switch {
	case host == "" || host == q.store.place.host:
		return ""
	case authority != nil && host == authority.Host:
		return "Microsoft Entra ID, " + host
	}
	return "managed identity endpoint " + host
}

func (q question) loginFailure(ctx context.Context) *providers.Error {
	t, l := q.trace, q.store.login
	if tenant := vaultTenant(t.login); tenant != "" {
		return q.failure(providers.Unauthenticated,
			fmt.Sprintf("the vault is in tenant %s, and %s is %s", tenant, keyTenant, l.tenant),
			fmt.Sprintf("set %s to %s, with an application of that tenant, or check %s", keyTenant, tenant, keyVault))
	}
	if t.file != nil && ctx.Err() == nil {
		return q.failure(providers.Config, "reading the federated token: "+t.file.Error(),
			"check "+keyTokenFile+", or the projected volume of the service account")
	}
	if e, ok := q.unreachable(ctx); ok {
		return e
	}
	switch {
	case t.answer.status == http.StatusTooManyRequests:
		e := q.failure(providers.Throttled, "getting a token: too many requests", hintLater)
		e.Retryable, e.After = true, rest.RetryAfter(t.answer.header, q.store.clock())
		return e
	case t.answer.status >= http.StatusInternalServerError:
		e := q.failure(providers.Unavailable, "getting a token: the service has an internal error or is down", hintLater)
		e.Retryable = true
		return e
	case len(t.answer.codes) > 0:
		return q.refusedLogin()
	}
	switch l.kind {
	case kindCLI:
		return q.commandLine()
	case kindManaged:
		return q.managed()
	case kindDefault:
		return q.nothingFound()
	}
	if t.answer.status >= http.StatusBadRequest {
		return q.failure(providers.Unauthenticated, fmt.Sprintf("the token service refuses the login with status %d", t.answer.status),
			"check "+keyTenant+", "+keyClient+" and "+keyAuthority)
	}
	return q.failure(providers.Unavailable, "getting a token: the answer is not one of the token service",
		"check "+keyAuthority+": perhaps a proxy or a captive portal answers in its place")
}

// unreachable explains errors below HTTP on the way to a token. Those of a probe
// of the SDK's chain mean only that nobody is there.
func (q question) unreachable(ctx context.Context) (*providers.Error, bool) {
	t := q.trace
	err := t.err
	if err == nil && ctx.Err() == nil || q.store.login.kind == kindDefault && ctx.Err() == nil {
		return nil, false
	}
	e, ok := rest.Explain(ctx, err, rest.Hints{Endpoint: keyAuthority, CA: caHint})
	if !ok {
		e = &providers.Error{
			Code: providers.Unavailable, Message: "there is no connection to the token service", Retryable: true,
			Hint: "check the proxy (HTTPS_PROXY, NO_PROXY) and the network",
		}
	}
	if e.Code != providers.Cancelled {
		e.Message = "getting a token: " + e.Message
	}
	if e.Hint == "" && e.Code != providers.Cancelled {
		e.Hint = "check the network path to the token service (firewall, proxy), or try again later"
	}
	if q.store.login.kind == kindManaged {
		e.Retryable = e.Refused || !t.local
		e.Hint = "there is no managed identity endpoint where this runs, or it is not up yet; set " + keyKind + " for another credential" + q.orApplication()
	}
	e.Place = q.store.place.String()
	return e, true
}

// orApplication is for a tenant and a client id without a proof, which are a
// managed identity's and may have been meant as an application's.
func (q question) orApplication() string {
	if l := q.store.login; l.tenant != "" && l.client != "" {
		return "; if it is an application, " + l.howTo
	}
	return ""
}

// managed explains a refusal of a managed identity endpoint.
func (q question) managed() *providers.Error {
	if q.trace.answer.status == 0 {
		return q.failure(providers.Unavailable, "getting a token: the managed identity endpoint's answer cannot be read", "check IDENTITY_ENDPOINT and IDENTITY_HEADER")
	}
	if q.store.login.client != "" {
		return q.failure(providers.Unauthenticated, "the managed identity endpoint gives no token for this client id",
			"assign the identity to this machine, app or pod, and check "+keyClient+"; leave it out for the system-assigned identity"+q.orApplication())
	}
	return q.failure(providers.Unauthenticated, "the managed identity endpoint gives no token",
		"switch on the system-assigned identity, or name a user-assigned one with "+keyClient)
}

// commandLine explains a failure of the Azure CLI. Of what it printed, fixed
// phrases are looked for.
func (q question) commandLine() *providers.Error {
	text := q.trace.login.Error()
	switch {
	case strings.Contains(text, "not found on path"):
		return q.failure(providers.Config, "the Azure CLI, az, is not on the PATH", "install it, or choose another credential with "+keyKind)
	case strings.Contains(text, "az login"):
		return q.failure(providers.Unauthenticated, "the Azure CLI is not logged in", "run `az login`")
	}
	return q.failure(providers.Unauthenticated, "the Azure CLI gives no token",
		"run `az account get-access-token --resource https://vault.azure.net` to see why")
}

// nothingFound says where the SDK's chain looked.
func (q question) nothingFound() *providers.Error {
	return q.failure(providers.Unauthenticated, "no Azure credential was found",
		"set "+strings.Join([]string{keyTenant, keyClient, keySecret}, ", ")+
			", or "+keyKind+" to the one that is meant; looked at: settings, variables, workload identity, managed identity, Azure CLI")
}

func (q question) has(codes ...int) bool {
	return slices.ContainsFunc(codes, func(c int) bool { return slices.Contains(q.trace.answer.codes, c) })
}
