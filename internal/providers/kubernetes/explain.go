package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// status is what is looked at of an API server's refusal. Its message is not: it
// may be anything from a server that is none.
type status struct {
	Kind    string
	Reason  string
	Details struct{ Kind string }
}

// statusOf reads a refusal; false means that the body is no API server's.
func statusOf(body []byte) (status, bool) {
	var st status
	err := json.Unmarshal(body, &st)
	return st, err == nil && st.Kind == "Status"
}

// explain gives the meaning of an answer that is not success.
func (q *question) explain(a answer) *providers.Error {
	st, ours := statusOf(a.body)
	var e *providers.Error
	switch {
	case a.status == http.StatusTooManyRequests:
		e = q.failure(providers.Throttled, "the API server asks us to slow down", "")
		e.Retryable, e.After = true, rest.RetryAfter(a.header, dateOf(a.header))
	case a.status >= 500:
		e = q.failure(providers.Unavailable, fmt.Sprintf("the API server cannot answer (HTTP status %d)", a.status),
			"look at the cluster: kubectl get --raw /readyz")
		e.Retryable, e.After = true, rest.RetryAfter(a.header, dateOf(a.header))
	case a.status == http.StatusUnauthorized:
		e = q.unauthenticated(a)
	case a.status == http.StatusForbidden && ours:
		e = q.forbidden()
	case a.status == http.StatusForbidden:
		e = q.failure(providers.Policy, "something before the API server refuses the request",
			"let the proxy, gateway or firewall pass requests to "+q.base.Host)
	case a.status == http.StatusNotFound && ours && st.Reason == "NotFound" && st.Details.Kind == "secrets":
		e = q.absent()
	case a.status == http.StatusNotAcceptable && ours:
		e = q.failure(providers.UnsupportedProvider, "the API server does not leave a Secret's data out of its answer", "read it to be sure (--online=read)")
	default:
		e = q.foreign(a)
	}
	return q.answered(a, e)
}

// absent cannot tell a missing namespace from a missing Secret: the API server
// does not either.
func (q *question) absent() *providers.Error {
	hint := "check the name and the namespace, which " + keyNamespace + " sets"
	if q.namespace.name != "default" {
		hint += "; OpenMetadata's server writes to namespace default unless OM_SM_NAMESPACE names another"
	}
	return q.failure(providers.NotFound, "there is no "+q.target()+" in namespace "+q.namespace.name,
		hint+": kubectl --namespace "+q.namespace.name+" get secret "+q.name)
}

// foreign is an answer that no API server gives to our question.
func (q *question) foreign(a answer) *providers.Error {
	return q.failure(providers.Unavailable, fmt.Sprintf("the answer is not a Kubernetes API server's (HTTP status %d)", a.status),
		"check the address in "+q.addressIn+", and whether a proxy answers in the server's place")
}

func (q *question) unauthenticated(a answer) *providers.Error {
	message := "the API server does not accept the credential"
	if exp := q.token.expiry(); !exp.IsZero() && dateOf(a.header).After(exp) {
		message = "the token has expired, at " + exp.UTC().Format(time.RFC3339)
	}
	return q.failure(providers.Unauthenticated, message, q.Store.who.hint)
}

// forbidden says what would allow it. Where a Role names its Secrets, a misspelt
// name is refused just like one that may not be read.
func (q *question) forbidden() *providers.Error {
	subject := "the identity"
	if q.token.Subject != "" {
		subject = q.token.Subject
	}
	return q.failure(providers.PermissionDenied, "the verb get is not allowed on "+q.target(),
		fmt.Sprintf(`check the name (a misspelt one is refused in the same way); else bind %s in namespace %s to a Role with `+
			`{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [%s]}`, subject, q.namespace.name, q.name))
}

// answered adds what an answer tells of itself.
func (q *question) answered(a answer, e *providers.Error) *providers.Error {
	e.Status = a.status
	// The audit id is a UUID in lower case.
	if id := a.header.Get("Audit-Id"); isLabel(id) {
		e.RequestID = id
	}
	return e
}

// dateOf is the time by the server's clock; zero if it does not tell. Ours need
// not be right.
func dateOf(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
