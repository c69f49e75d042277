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
)

// Plan implements [providers.Store]: the API reads one entry at a time.
func (*store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read implements [providers.Store]. Before its request it logs in, if nobody
// has; after a refusal it makes one more with a new token, once per run.
func (s *store) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		secret, err := s.one(ctx, ref)
		if err != nil && err.Place == "" {
			e := *err // it may be shared
			e.Place = s.place
			err = &e
		}
		results[i] = providers.Result{Secret: secret, Err: err}
	}
	return results
}

func (s *store) one(ctx context.Context, ref providers.Ref) (providers.Secret, *providers.Error) {
	if !isVersion(ref.Version) {
		return providers.Secret{}, &providers.Error{
			Code: providers.InvalidRef, Message: fmt.Sprintf("%q is not a version", ref.Version),
			Hint: "versions are numbers from 1, such as ?version=3",
		}
	}
	g, err := s.access.enter(ctx)
	if err != nil {
		return providers.Secret{}, err
	}
	q := question{store: s, ref: ref, grant: g}
	if g.kv == "1" && ref.Version != "" {
		return providers.Secret{}, verdict{
			code: providers.InvalidRef, message: "version 1 of the key-value engine keeps one version of an entry",
			hint: "leave ?version= out, or set " + keyKV + " if the engine is version 2",
		}.error(answer{}, s.place, g.identity)
	}
	a, err := q.ask(ctx, ref.Version)
	if err == nil && refused(a) {
		a, err = s.again(ctx, &q, a)
	}
	if err != nil {
		return providers.Secret{}, err
	}
	if a.status != http.StatusOK {
		return providers.Secret{}, q.explain(ctx, a)
	}
	return q.secret(a)
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
	return q.ask(ctx, q.ref.Version)
}

// question is what an answer is about.
type question struct {
	*store
	ref   providers.Ref
	grant *grant
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
	if q.grant.kv == "1" {
		return q.mount + "/" + entryPath(q.ref.ID)
	}
	return q.mount + "/data/" + entryPath(q.ref.ID)
}

// isVersion tells whether text is "" or a number from 1. The server takes 0 for
// the current version.
func isVersion(text string) bool {
	n, err := strconv.ParseUint(text, 10, 31)
	return text == "" || err == nil && n > 0
}
