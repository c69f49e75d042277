package openbao_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/openbao"
)

// surroundings give the variables of the process.
func surroundings(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

func TestWhoseToken(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".vault-token"), []byte("of-home\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	named := file(t, "of-file\n")
	tests := []struct {
		name   string
		pairs  []string
		loader string
		store  string
		vars   map[string]string
		want   string // the token, or what the error says
	}{
		{"setting", []string{"openbao_token", "of-setting", "openbao_token_file", named}, "env", "", map[string]string{"HOME": home}, "of-setting"},
		{"file", []string{"openbao_token_file", named}, "env", "", map[string]string{"HOME": home, "VAULT_TOKEN": "v"}, "of-file"},
		{"file under airflow", []string{"openbao_token_file", named}, "airflow", "", nil, "of-file"},
		{"bao's variable", nil, "noop", "", map[string]string{"HOME": home, "VAULT_TOKEN": "v", "BAO_TOKEN": "b"}, "b"},
		{"vault's variable", nil, "noop", "", map[string]string{"HOME": home, "VAULT_TOKEN": "v", "BAO_TOKEN": ""}, "v"},
		{"home", nil, "env", "", map[string]string{"HOME": home}, "of-home"},
		{"nowhere", nil, "env", "", nil, "variable OPENBAO_TOKEN (loader env)"},
		{"no file at home", nil, "env", "", map[string]string{"HOME": named}, "set openbao_token in section [openmetadata_secrets_manager]"},
		{"not under airflow", nil, "airflow", "", map[string]string{"HOME": home, "VAULT_TOKEN": "v"}, "set openbao_token in section"},
		{"not for a named store", nil, "env", "Two", map[string]string{"HOME": home, "VAULT_TOKEN": "v"}, "section [openmetadata_secrets_manager:two]"},
		{"approle is meant", []string{"openbao_role_id", "r", "openbao_secret_id", sentinel}, "env", "", nil, "openbao_role_id is set, so set openbao_auth_method to approle"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, always(http.StatusOK, entry(`{"value": "v"}`)))
			s := settings(f.URL, append([]string{"openbao_token", ""}, tt.pairs...)...)
			s.Loader, s.Store, s.Env = tt.loader, tt.store, surroundings(tt.vars)
			store, err := openbao.Kind().Open(t.Context(), s)
			if e := asError(t, err); e != nil {
				if e.Code != providers.Config || !strings.Contains(e.Hint, tt.want) {
					t.Errorf("Open() = %+v, want CONFIG and hint %q", *e, tt.want)
				}
				return
			}
			value(t, store)
			if got := f.requests[0].Header.Get("X-Vault-Token"); got != tt.want {
				t.Errorf("token = %q, want %q", got, tt.want)
			}
		})
	}
}

// An agent renews the token in its file.
func TestTokenFileIsReadAgain(t *testing.T) {
	name := file(t, "old")
	f := serve(t, func(_ string, r *http.Request, _ int) (int, string) {
		if r.Header.Get("X-Vault-Token") == "old" {
			return http.StatusForbidden, plainRefusal
		}
		return http.StatusOK, entry(`{"value": "v"}`)
	})
	store := openStore(t, settings(f.URL, "openbao_token", "", "openbao_token_file", name))
	err := read(t.Context(), t, store, "a", "").Err
	failsWith(t, "Read() with the old token", err, providers.Unauthenticated, "does not know the token")
	if want := "the token of file " + name; err == nil || err.Identity != want || len(f.requests) != 1 {
		t.Errorf("Read() = %+v after %d requests, want identity %q after 1", err, len(f.requests), want)
	}
	store = openStore(t, settings(f.URL, "openbao_token", "", "openbao_token_file", name))
	f.answer = func(_ string, r *http.Request, _ int) (int, string) {
		if r.Header.Get("X-Vault-Token") == "old" {
			if err := os.WriteFile(name, []byte("new"), 0o600); err != nil {
				t.Error(err)
			}
			return http.StatusForbidden, plainRefusal
		}
		return http.StatusOK, entry(`{"value": "v"}`)
	}
	if got := value(t, store); got != "v" {
		t.Errorf("Read() = %q with the new token, want v", got)
	}
}

func TestBadTokenFiles(t *testing.T) {
	tests := []struct{ name, file, message string }{
		{"absent", filepath.Join(t.TempDir(), "absent"), "reading the token file"},
		{"empty", file(t, "\n"), "does not hold a token alone"},
		{"two lines", file(t, "S3NTINEL\nS3NTINEL\n"), "does not hold a token alone"},
		{"binary", file(t, "S3NTINEL\x00"), "does not hold a token alone"},
	}
	for _, tt := range tests {
		f := serve(t, always(http.StatusOK, ""))
		for _, pairs := range [][]string{
			{"openbao_token", "", "openbao_token_file", tt.file},
			{"openbao_auth_method", "jwt", "openbao_jwt_file", tt.file},
		} {
			err := read(t.Context(), t, openStore(t, settings(f.URL, pairs...)), "a", "").Err
			failsWith(t, tt.name, err, providers.Config, tt.message)
			if err != nil && !strings.Contains(err.Hint, pairs[2]) && !strings.Contains(err.Hint, "openbao_jwt_file") {
				t.Errorf("%s: hint %q does not name the setting", tt.name, err.Hint)
			}
		}
		if len(f.requests) != 0 {
			t.Errorf("%s: asked %q, want nothing", tt.name, f.paths())
		}
	}
}
