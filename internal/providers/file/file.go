// Package file is the embedded store: one YAML or JSON file that maps ids to
// values, for trying, for tests and for runs without a network.
//
// A value is a string, or a map of field names to strings (the field `value`
// is then the secret itself); any of these strings may be a `fernet:` value.
// Plaintext that other accounts can read is refused. The file is read once,
// when the store is opened.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
)

// maxSize bounds the file: a list of secrets is small, and a path that names
// something else (a device, a dump) must not fill the memory.
const maxSize = 4 << 20

const pathKey = "secrets_file"

// Kind returns the description of the file store.
func Kind() providers.Kind {
	return providers.Kind{
		Names: []string{"file"},
		Title: "file store",
		Keys: []providers.Key{{
			Name:     pathKey,
			Vars:     []string{"OM_SECRET_EXEC_SECRETS_FILE"},
			Role:     providers.Place,
			Required: true,
			Text:     "YAML or JSON file that maps ids to values, in clear or as fernet:",
		}},
		Open: open,
	}
}

// open reads the file and, when a value is encrypted, the Fernet keys.
func open(_ context.Context, s providers.Settings) (providers.Store, error) {
	path := s.Get(pathKey)
	if path == "" {
		return nil, &providers.Error{
			Code:    providers.Config,
			Message: pathKey + " is not set",
			Hint:    "set OM_SECRET_EXEC_SECRETS_FILE to the path of the secrets file",
		}
	}
	st := &Store{place: "file store " + path}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// Opening a pipe would wait for a writer, whatever the time-out.
		return nil, st.fail(providers.Config, "the secrets file is not a regular file", "name a file, or a link to one")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, st.fail(providers.Config, "reading the secrets file: "+reason(err), "set secrets_file (OM_SECRET_EXEC_SECRETS_FILE) to a file that this user may read")
	}
	defer func() { _ = f.Close() }() // only read
	if e := st.load(f); e != nil {
		return nil, e
	}
	if !st.some(fernet.Is) {
		return st, nil
	}
	st.keys, err = fernet.FromEnv(s.Env, nil)
	if err != nil {
		return nil, err
	}
	return st, nil
}

// load fills the entries from f.
func (st *Store) load(f *os.File) *providers.Error {
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return st.fail(providers.Config, "reading the secrets file: "+err.Error(), "")
	}
	if len(data) > maxSize {
		return st.fail(providers.TooLarge, fmt.Sprintf("the secrets file is larger than %d MiB", maxSize>>20), "")
	}
	entries, bad := parse(data)
	if bad != nil {
		return st.fail(providers.Config, "reading the secrets file: "+bad.text(), bad.hint)
	}
	st.entries = entries
	plaintext := func(value string) bool { return !fernet.Is(value) }
	if !st.some(plaintext) || private(f) {
		return nil
	}
	return st.fail(providers.Config, "the secrets file holds plaintext that other accounts can read",
		"chmod 600 the file, or encrypt every value with Fernet")
}

// some reports whether any value of the file satisfies is.
func (st *Store) some(is func(value string) bool) bool {
	for _, e := range st.entries {
		for _, value := range e.fields {
			if is(value) {
				return true
			}
		}
	}
	return false
}

func (st *Store) fail(code providers.Code, message, hint string) *providers.Error {
	return &providers.Error{Code: code, Message: message, Place: st.place, Hint: hint}
}

// reason is err without the path, which the place has.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
