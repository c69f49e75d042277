package gcp

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const variableQuota = "GOOGLE_CLOUD_QUOTA_PROJECT"

// store reads secrets, one request for each. It is safe for concurrent use.
type store struct {
	where  *place
	cred   credential
	meta   *metadata
	tokens *tokens
	client *http.Client
	agent  string
	quota  string
	now    func() time.Time
}

var (
	_ providers.Store    = (*store)(nil)
	_ providers.Examiner = (*store)(nil)
	_ providers.Prober   = (*store)(nil)
)

// open makes a store without network I/O. Errors have code CONFIG.
func open(s providers.Settings) (*store, *providers.Error) {
	if s.Env == nil {
		s.Env = func(string) (string, bool) { return "", false }
	}
	own, _ := s.Env("CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE")
	client, err := rest.NewClient(rest.Options{CAFiles: []string{s.CAFile, own}})
	if err != nil {
		return nil, err
	}
	return newStore(s, client)
}

func newStore(s providers.Settings, client *http.Client) (*store, *providers.Error) {
	cred, err := choose(s)
	if err != nil {
		return nil, err
	}
	meta, err := newMetadata(s, cred)
	if err != nil {
		return nil, err
	}
	where, err := newPlace(s, cred)
	if err != nil {
		return nil, err
	}
	st := &store{where: where, cred: cred, meta: meta, client: client, agent: s.UserAgent, now: time.Now}
	l := &login{cred: cred, meta: meta, where: where, client: client, env: s.Env, now: time.Now}
	fetch := l.fetch
	if meta == nil {
		// The metadata server's requests end with their context, and what it
		// tells is kept: nobody may do so later.
		fetch = beside(fetch)
	}
	st.tokens = newTokens(fetch)
	st.quota = s.Get(keyQuota)
	if st.quota == "" {
		st.quota, _ = s.Env(variableQuota)
	}
	if st.quota == "" {
		st.quota = cred.file.QuotaProject
	}
	return st, nil
}

// Plan implements [providers.Store]. The service has no request for several
// secrets.
func (s *store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read implements [providers.Store].
func (s *store) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		results[i] = s.one(ctx, ref)
	}
	return results
}

// ask logs in and makes the request about one version, whose method is empty or
// such as ":access". A token that was fetched earlier and is not accepted any
// more is replaced, once. The error is from before the request.
func (s *store) ask(ctx context.Context, ref providers.Ref, method string) (resource, answer, *providers.Error) {
	r, err := resourceOf(ref)
	if err == nil && s.meta == nil {
		_, err = s.where.complete(r) // before a login that would be in vain
	}
	if err != nil {
		return r, answer{}, err
	}
	token, fresh, err := s.tokens.get(ctx)
	if err != nil {
		return r, answer{}, s.placed(err, r)
	}
	if r, err = s.where.complete(r); err != nil {
		return r, answer{}, err
	}
	a := s.request(ctx, s.where.version(r)+method, token)
	if a.status == http.StatusUnauthorized && !fresh {
		newer, err := s.tokens.renew(ctx, token)
		if err != nil {
			return r, answer{}, s.placed(err, r)
		}
		if newer != token {
			a = s.request(ctx, s.where.version(r)+method, newer)
		}
	}
	return r, a, nil
}

// placed completes an error that was found before anybody was asked.
func (s *store) placed(err *providers.Error, r resource) *providers.Error {
	return providers.Source{Place: s.where.text(r), Identity: s.who()}.Locate(err)
}

// one reads one secret.
func (s *store) one(ctx context.Context, ref providers.Ref) providers.Result {
	r, a, err := s.ask(ctx, ref, access)
	if err != nil {
		return providers.Result{Err: err}
	}
	q := s.question(r, permission)
	if a.err == nil && a.status == http.StatusOK {
		secret, err := q.secret(a.body)
		if err == nil {
			return providers.Result{Secret: secret}
		}
		a.err = err
	}
	return providers.Result{Err: q.explain(ctx, a, s.now())}
}

// question is what an answer is about: a version, and what the request needs.
func (s *store) question(r resource, permission string) question {
	return question{place: s.where.text(r), resource: r, identity: s.who(), permission: permission}
}

// request makes the one request.
func (s *store) request(ctx context.Context, url string, token *oauth2.Token) answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{err: err}
	}
	token.SetAuthHeader(req)
	if s.agent != "" {
		req.Header.Set("User-Agent", s.agent)
	}
	if s.quota != "" {
		req.Header.Set("X-Goog-User-Project", s.quota)
	}
	return send(req, s.client.Do)
}

// who names the identity.
func (s *store) who() string {
	if who := s.cred.who(); who != "" || s.meta == nil {
		return who
	}
	return s.meta.account
}
