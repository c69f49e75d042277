package openbao

import (
	"bytes"
	"net/http"
	"strconv"

	"om-secret-exec/internal/providers"
)

// common gives the meaning of the statuses that any request may get.
func (c *client) common(a answer) (verdict, bool) {
	switch {
	case a.status == http.StatusTooManyRequests:
		return verdict{
			code: providers.Throttled, message: "too many requests", retryable: true,
			hint: "lower --concurrency, or raise the server's rate limit quota",
		}, true
	case a.status == http.StatusServiceUnavailable && says(a, "sealed"):
		return verdict{
			code: providers.Unavailable, message: "the server is sealed", retryable: true,
			hint: "unseal it (operator unseal), or set " + keyAddress + " to a node that is not sealed",
		}, true
	case a.status == http.StatusPreconditionFailed:
		return verdict{code: providers.Unavailable, message: "the node has not caught up with the others yet", retryable: true, hint: "try again"}, true
	case a.status == http.StatusRequestTimeout || a.status >= 500:
		return verdict{
			code: providers.Unavailable, message: "the server has an internal error or is down", retryable: true,
			hint: "look into the server's log; a load balancer in front of it answers like this when no node is active",
		}, true
	case a.status == http.StatusProxyAuthRequired:
		return verdict{
			code: providers.Unavailable, message: "the proxy asks for a credential",
			hint: "put user and password into HTTPS_PROXY, or the host into NO_PROXY",
		}, true
	case a.status == http.StatusBadRequest && c.base.Scheme == "http" && bytes.Contains(a.raw, []byte("HTTP request to an HTTPS server")):
		return verdict{code: providers.Config, message: "the server speaks TLS", hint: "write https:// in " + keyAddress}, true
	}
	return verdict{}, false
}

// foreign is for an answer that the server would not give.
func (*client) foreign(a answer) verdict {
	return verdict{
		code: providers.Unavailable, message: "the answer is not one of the server's (HTTP status " + strconv.Itoa(a.status) + ")",
		hint: "check " + keyAddress + ", and whether a proxy or a login page answers in the server's place",
	}
}
