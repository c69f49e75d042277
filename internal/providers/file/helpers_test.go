package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
)

const sentinel = "S3NTINEL"

// plain is a secret with its redaction taken off, for comparing.
type plain struct {
	Value  string
	Fields map[string]string
}

func read(t *testing.T, st providers.Store, ids ...string) map[string]plain {
	t.Helper()
	var refs []providers.Ref
	for _, id := range ids {
		refs = append(refs, providers.Ref{ID: id})
	}
	groups := st.Plan(refs)
	if len(groups) != 1 {
		t.Fatalf("Plan gave %d groups, want 1", len(groups))
	}
	got := map[string]plain{}
	for i, res := range st.Read(t.Context(), groups[0]) {
		if res.Err != nil {
			t.Errorf("Read(%q) error = %v", ids[i], res.Err)
			continue
		}
		p := plain{Value: string(res.Secret.Value)}
		if res.Secret.Value == nil {
			p.Value = "(nil)"
		}
		for name, value := range res.Secret.Fields {
			if p.Fields == nil {
				p.Fields = map[string]string{}
			}
			p.Fields[name] = string(value)
		}
		got[ids[i]] = p
	}
	return got
}

func openText(t *testing.T, text string, env map[string]string) providers.Store {
	t.Helper()
	st, err := openAt(t, write(t, t.TempDir(), text, 0o600), env)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func openAt(t *testing.T, path string, env map[string]string) (providers.Store, error) {
	t.Helper()
	return Kind().Open(t.Context(), providers.Settings{
		Provider: "file",
		Values:   map[string]providers.Setting{"secrets_file": {Value: path}},
		Env:      func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
}

// write makes a file of exactly that mode, whatever the umask.
func write(t *testing.T, dir, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, "secrets.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func asError(t *testing.T, err error) *providers.Error {
	t.Helper()
	var e *providers.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("error = %v, want a *providers.Error", err)
	}
	return e
}

func checkError(t *testing.T, err *providers.Error, code providers.Code, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s with %q", code, want)
	}
	text := fmt.Sprintf("%+v", *err)
	if err.Code != code || !strings.Contains(err.Error()+err.Hint, want) {
		t.Errorf("error = %s, want %s with %q", text, code, want)
	}
	if strings.Contains(text, sentinel) {
		t.Errorf("error %s quotes a value", text)
	}
}

func encrypted(t *testing.T, value string) (key, token string) {
	t.Helper()
	key, err := fernet.Generate()
	if err != nil {
		t.Fatal(err)
	}
	ring, err := fernet.New(key)
	if err != nil {
		t.Fatal(err)
	}
	token, err = ring.Encrypt([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	return key, token
}
