package gcp

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"om-secret-exec/internal/providers"
)

// Probe implements [providers.Prober] by asking for the version itself, which is
// its state and dates; the value has a method of its own.
func (s *store) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	r, a, err := s.ask(ctx, ref, "")
	if err != nil {
		return err
	}
	q := s.question(r, probePermission)
	if a.err == nil && a.status == http.StatusOK {
		var version struct{ Name, State string }
		if json.Unmarshal(a.body, &version) == nil && version.Name != "" {
			return q.state(a, version.State)
		}
		a.err = errNotOurs
	}
	return q.explain(ctx, a, s.now())
}

// state judges a version that is there, by the service's word for its state.
func (q question) state(a answer, state string) *providers.Error {
	switch state {
	case "ENABLED":
		return nil
	case "DISABLED", "DESTROYED":
		e := q.errPrecondition(apiError{text: strings.ToLower(state)})
		e.Place, e.Identity, e.Status = q.place, q.identity, a.status
		return e
	}
	return &providers.Error{
		Code: providers.UnsupportedProvider, Message: "the version is there, in a state that is not known here",
		Hint:  "read it to be sure (--online=read)",
		Place: q.place, Identity: q.identity, Status: a.status,
	}
}
