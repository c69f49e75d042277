package file

import (
	"context"
	"fmt"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
)

// defaultField is the field of a map that is the secret itself, as in
// OpenMetadata's Kubernetes Secrets.
const defaultField = "value"

// Store answers from the file as it was when the store was opened. It is safe
// for concurrent use.
type Store struct {
	place   string
	entries map[string]entry
	keys    *fernet.Keyring // nil without a key
}

var (
	_ providers.Store  = (*Store)(nil)
	_ providers.Prober = (*Store)(nil)
)

// Plan implements [providers.Store]: one group, for nothing is sent anywhere.
func (st *Store) Plan(refs []providers.Ref) [][]providers.Ref {
	if len(refs) == 0 {
		return nil
	}
	return [][]providers.Ref{refs}
}

// Read implements [providers.Store].
func (st *Store) Read(_ context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		results[i] = st.read(ref)
	}
	return results
}

// Probe implements [providers.Prober]. It decrypts nothing, so that it finds a
// value of the wrong form, and not one of another key.
func (st *Store) Probe(_ context.Context, ref providers.Ref) *providers.Error {
	_, err := st.find(ref)
	return err
}

// find gives the entry of a reference whose value has the right form.
func (st *Store) find(ref providers.Ref) (entry, *providers.Error) {
	e, ok := st.entries[ref.ID]
	switch {
	case !ok:
		return e, st.notFound(ref.ID)
	case ref.Version != "":
		return e, st.fail(providers.VersionNotFound,
			fmt.Sprintf("version %q of %q: the file store keeps one version of each secret", ref.Version, ref.ID),
			"remove the version from the reference")
	case e.bad != nil:
		return e, st.fail(providers.BadValue, fmt.Sprintf("%q: %s", ref.ID, e.bad.text()), e.bad.hint)
	}
	return e, nil
}

func (st *Store) read(ref providers.Ref) providers.Result {
	e, failed := st.find(ref)
	if failed != nil {
		return providers.Result{Err: failed}
	}
	secret := providers.Secret{Source: providers.Source{Name: ref.ID, Place: st.place}}
	fields := make(map[string][]byte, len(e.fields))
	for name, text := range e.fields {
		value, err := st.decrypt(text)
		if err != nil {
			err.Message = fmt.Sprintf("%q: %s", ref.ID, err.Message)
			return providers.Result{Err: err}
		}
		fields[name] = value
	}
	secret.Value = fields[defaultField]
	if e.named {
		secret.Fields = fields
	}
	return providers.Result{Secret: secret}
}

// decrypt returns a stored string as its value. An error is the caller's own.
func (st *Store) decrypt(text string) ([]byte, *providers.Error) {
	if !fernet.Is(text) {
		return []byte(text), nil
	}
	value, err := st.keys.Decrypt(text)
	if err != nil {
		err.Place = st.place
	}
	return value, err
}

func (st *Store) notFound(id string) *providers.Error {
	hint := "add the id to the file, or mend the reference"
	if near := nearest(id, st.entries); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return st.fail(providers.NotFound, fmt.Sprintf("no secret %q", id), hint)
}
