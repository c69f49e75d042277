package azurekv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	caHint       = "--ca-file or SSL_CERT_FILE"
	hintLater    = "try again later; https://status.azure.com shows what is known to be wrong"
	hintNotVault = "check " + keyVault + ": something else than Key Vault answers, perhaps a proxy or a captive portal"
)

// question is what an error answers: one reference, and what its read saw.
type question struct {
	store *store
	ref   providers.Ref
	trace *trace
	// probe tells that the secret was not to be read.
	probe bool
}

// failure fills in what all failures of a read have in common.
func (q question) failure(code providers.Code, message, hint string) *providers.Error {
	a := q.trace.answer
	e := &providers.Error{
		Code: code, Message: message, Hint: hint,
		Place: q.store.place.String(), Identity: q.store.login.identity(),
		Status: a.status,
	}
	if id := a.header.Get("x-ms-request-id"); isWord(id) {
		e.RequestID = id
	}
	return e
}

// explain turns the error of a read into ours. Of the server's text nothing is
// kept.
func (q question) explain(ctx context.Context, err error) *providers.Error {
	q.trace.mu.Lock()
	defer q.trace.mu.Unlock()
	if q.trace.login != nil {
		return q.explainLogin(ctx)
	}
	if e, ok := rest.Explain(ctx, err, rest.Hints{Endpoint: keyVault, CA: caHint}); ok {
		return q.transport(e)
	}
	var api *azcore.ResponseError
	if errors.As(err, &api) {
		return q.explainStatus(refusalOf(api, q.store.clock()))
	}
	a := q.trace.answer
	switch {
	case a.status == http.StatusUnauthorized && a.header.Get("WWW-Authenticate") == "":
		return q.failure(providers.Unauthenticated, "the server asks for a login, and does not say where", hintNotVault)
	case a.status == http.StatusUnauthorized:
		return q.failure(providers.Unauthenticated, "the server wants tokens for another service than the vault's", hintNotVault)
	case q.trace.err != nil:
		// Such as a proxy that answers 502: for it, nobody is to be told from
		// not now.
		e := q.failure(providers.Unavailable, "there is no connection to the vault", "check "+keyVault+", the proxy (HTTPS_PROXY, NO_PROXY) and the network")
		e.Retryable = true
		return e
	}
	return q.failure(providers.Unavailable, "the answer is not one of Key Vault", hintNotVault)
}

// transport completes an error below HTTP. A vault has its own name, so that a
// name without an address is that of no vault.
func (q question) transport(e *providers.Error) *providers.Error {
	var dns *net.DNSError
	if errors.As(q.trace.err, &dns) && dns.IsNotFound {
		e.Message = fmt.Sprintf("there is no vault %q: its host %q has no address", q.store.place.name(), q.store.place.host)
		e.Hint = "check " + keyVault + " and " + keySuffix + "; a vault that is reachable by private link only needs its private DNS zone here"
	}
	if e.Hint == "" && e.Code != providers.Cancelled {
		e.Hint = "check the network path (firewall, proxy), or try again later"
	}
	e.Place, e.Identity, e.Status = q.store.place.String(), q.store.login.identity(), q.trace.answer.status
	return e
}
