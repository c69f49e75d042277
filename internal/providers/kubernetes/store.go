package kubernetes

import (
	"context"
	"net/http"
	"net/url"

	"om-secret-exec/internal/providers"
)

// Store reads Secrets of one namespace. It is safe for concurrent use.
type Store struct {
	around    surroundings
	base      *url.URL
	namespace namespace
	origin    string
	addressIn string
	rootsIn   string // where the cluster's CA can be given
	who       identity
	insecure  bool
	login     login
}

var (
	_ providers.Store    = (*Store)(nil)
	_ providers.Examiner = (*Store)(nil)
	_ providers.Prober   = (*Store)(nil)
)

// open reads files and asks nobody. Errors have code CONFIG.
func open(s providers.Settings, around surroundings) (*Store, *providers.Error) {
	t, err := choose(s, around)
	if err != nil {
		return nil, err
	}
	ns, err := namespaceOf(s, around, t)
	if err != nil {
		return nil, err
	}
	base, err := address(t)
	if err != nil {
		return nil, err
	}
	t.config.UserAgent = s.UserAgent
	st := &Store{
		around: around, base: base, namespace: ns, origin: t.origin, addressIn: t.addressIn,
		rootsIn: "--ca-file", who: identityOf(t), insecure: t.config.Insecure,
	}
	if t.context != "" {
		st.rootsIn = "--ca-file or, in the kubeconfig, certificate-authority"
	}
	st.login, err = newLogin(t, s.CAFile, around.now)
	if err != nil {
		return nil, err
	}
	return st, nil
}

// Plan makes each Secret a request of its own: Kubernetes has no other that the
// verb get allows.
func (st *Store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read gets the Secrets one by one. The data key "value" is the secret's value,
// and all keys are its fields. Source.Name is the object's name, which differs
// from an id that is no such name.
func (st *Store) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		results[i] = st.read(ctx, ref)
	}
	return results
}

func (st *Store) read(ctx context.Context, ref providers.Ref) providers.Result {
	q, err := st.about(ref)
	if err != nil {
		return providers.Result{Err: err}
	}
	answer, err := q.ask(ctx, http.MethodGet, q.url(), nil)
	if err != nil {
		return providers.Result{Err: err}
	}
	secret, err := q.secret(answer)
	return providers.Result{Secret: secret, Err: err}
}

// about makes the question for a reference, if there can be an answer.
func (st *Store) about(ref providers.Ref) (*question, *providers.Error) {
	q := &question{Store: st, id: ref.ID, name: objectName(ref.ID), who: st.who.text("")}
	switch {
	case ref.Version != "":
		return nil, q.failure(providers.VersionNotFound,
			"Kubernetes keeps one version of a Secret, so version "+quote(ref.Version)+" cannot be asked for",
			"remove ?version= from the reference")
	case q.name == "":
		return nil, q.failure(providers.InvalidRef, quote(ref.ID)+" cannot be the name of a Kubernetes Secret",
			"names are 1 to 253 lower-case letters, digits, dashes and dots")
	}
	return q, nil
}

// question is what is being asked, and so what an error is about.
type question struct {
	*Store
	id, name string
	who      string // replaced by what the token says once there is one
	token    claims
	accept   string // the form of the answer, if it is not the object's own
}

// url is the Secret's.
func (q *question) url() *url.URL {
	return q.base.JoinPath("api/v1/namespaces", q.namespace.name, "secrets", q.name)
}

// Place names the store, the namespace and why that one, and the API server. It
// is known without asking anybody.
func (st *Store) Place() string {
	return title + ", namespace " + st.namespace.String() + ", server " + st.base.Scheme + "://" + st.base.Host
}

func (q *question) failure(code providers.Code, message, hint string) *providers.Error {
	return &providers.Error{Code: code, Message: message, Hint: hint, Place: q.Place(), Identity: q.who}
}

// located fills in where and who.
func (q *question) located(e *providers.Error) *providers.Error {
	own := *e
	own.Place, own.Identity = q.Place(), q.who
	return &own
}

// target names the Secret, both ways where the id was cleaned.
func (q *question) target() string {
	if q.id != q.name {
		return "Secret " + quote(q.name) + " (the cleaned form of " + quote(q.id) + ")"
	}
	return "Secret " + quote(q.name)
}
