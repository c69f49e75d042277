package openbao

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"om-secret-exec/internal/providers"
)

// auto is the engine version that the server is asked for.
const auto = "auto"

// store reads entries of one mount. It is safe for concurrent use.
type store struct {
	*client
	product product
	access  *access
	mount   string
	// kv is the setting; the version in force is the grant's.
	kv string
	// place is the client's, with the mount.
	place string
	now   func() time.Time
}

var (
	_ providers.Store    = (*store)(nil)
	_ providers.Examiner = (*store)(nil)
	_ providers.Prober   = (*store)(nil)
)

// Plan implements [providers.Store]: the API reads one entry at a time.
func (*store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read implements [providers.Store]. Before its request it logs in, if nobody
// has; after a refusal it makes one more with a new token, once per run.
func (s *store) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		secret, err := s.one(ctx, ref)
		results[i] = providers.Result{Secret: secret, Err: s.placed(err)}
	}
	return results
}

// placed completes an error, which may be shared.
func (s *store) placed(err *providers.Error) *providers.Error {
	if err == nil || err.Place != "" {
		return err
	}
	e := *err
	e.Place = s.place
	return &e
}

func (s *store) one(ctx context.Context, ref providers.Ref) (providers.Secret, *providers.Error) {
	q, err := s.begin(ctx, ref)
	if err != nil {
		return providers.Secret{}, err
	}
	a, err := s.answer(ctx, &q)
	if err != nil {
		return providers.Secret{}, err
	}
	return q.secret(a)
}

// begin logs in, and makes the question for a reference if there can be an
// answer.
func (s *store) begin(ctx context.Context, ref providers.Ref) (question, *providers.Error) {
	if !isVersion(ref.Version) {
		return question{}, &providers.Error{
			Code: providers.InvalidRef, Message: fmt.Sprintf("%q is not a version", ref.Version),
			Hint: "versions are numbers from 1, such as ?version=3",
		}
	}
	g, err := s.access.enter(ctx)
	if err != nil {
		return question{}, err
	}
	q := question{store: s, ref: ref, grant: g}
	if g.kv == "1" && ref.Version != "" {
		return q, q.error(verdict{
			code: providers.InvalidRef, message: "version 1 of the key-value engine keeps one version of an entry",
			hint: "leave ?version= out, or set " + keyKV + " if the engine is version 2",
		}, answer{})
	}
	return q, nil
}

// answer makes the request, and explains every answer but success.
func (s *store) answer(ctx context.Context, q *question) (answer, *providers.Error) {
	a, err := q.ask(ctx, q.version())
	if err == nil && refused(a) {
		a, err = s.again(ctx, q, a)
	}
	if err == nil && a.status != http.StatusOK {
		err = q.explain(ctx, a)
	}
	return a, err
}

// again repeats a refused request with another token, if there is one.
func (s *store) again(ctx context.Context, q *question, a answer) (answer, *providers.Error) {
	g, err := s.access.renew(ctx, q.grant)
	switch {
	case err != nil && unknownToken(a):
		e := *err
		e.Message = "the token is no longer valid; " + e.Message
		return a, &e
	case g == nil:
		return a, nil
	}
	q.grant = g
	return q.ask(ctx, q.version())
}

// question is what an answer is about.
type question struct {
	*store
	ref   providers.Ref
	grant *grant
	// probe asks for the entry's metadata, which tell of all versions.
	probe bool
}

// version is the one to ask for, "" being the current one.
func (q question) version() string {
	if q.probe {
		return ""
	}
	return q.ref.Version
}

// ask makes the request for a version, "" being the current one.
func (q question) ask(ctx context.Context, version string) (answer, *providers.Error) {
	r := request{method: http.MethodGet, path: q.path(), token: q.grant.token}
	if version != "" {
		r.query = url.Values{"version": {version}}
	}
	a, err := q.do(ctx, r)
	if err != nil {
		err.Place, err.Identity = q.place, q.grant.identity
	}
	return a, err
}

// path is the entry's path in the API, which is also the one of policies.
func (q question) path() string {
	switch {
	case q.grant.kv == "1":
		return q.mount + "/" + entryPath(q.ref.ID)
	case q.probe:
		return q.mount + "/metadata/" + entryPath(q.ref.ID)
	}
	return q.mount + "/data/" + entryPath(q.ref.ID)
}

// isVersion tells whether text is "" or a number from 1. The server takes 0 for
// the current version.
func isVersion(text string) bool {
	n, err := strconv.ParseUint(text, 10, 31)
	return text == "" || err == nil && n > 0
}
