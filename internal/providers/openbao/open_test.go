package openbao_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/openbao"
)

func TestSettingsThatCannotWork(t *testing.T) {
	tests := []struct {
		name    string
		pairs   []string
		message string
		hint    string
	}{
		{"no address", []string{"openbao_address", ""}, "openbao_address is not set", "variable OPENBAO_ADDRESS"},
		{"no scheme", []string{"openbao_address", "bao.S3NTINEL:8200"}, "openbao_address is not an address", "https://"},
		{"other scheme", []string{"openbao_address", "ftp://S3NTINEL"}, "openbao_address is not an address", "https://"},
		{"unix socket", []string{"openbao_address", "unix:///run/S3NTINEL"}, "openbao_address is not an address", "https://"},
		{"not a URL", []string{"openbao_address", "https://S3NTINEL:x:y"}, "openbao_address is not an address", "https://"},
		{"password", []string{"openbao_address", "https://u:S3NTINEL@bao"}, "has a user", "https://"},
		{"query", []string{"openbao_address", "https://bao?S3NTINEL"}, "a query", "https://"},
		{"path of the API", []string{"openbao_address", "https://bao/v1/"}, "ends in /v1", "leave /v1 out"},
		{"mount", []string{"openbao_mount", "a/../sys"}, `openbao_mount "a/../sys" is not a path`, "single slashes"},
		{"namespace", []string{"openbao_namespace", "a\nb"}, "openbao_namespace", "printable"},
		{"engine version", []string{"openbao_kv_version", "3"}, `openbao_kv_version "3"`, "1, 2 or auto"},
		{"method", []string{"openbao_auth_method", "ldap"}, `openbao_auth_method "ldap"`, "token, approle, jwt and kubernetes"},
		{"method's path", []string{"openbao_auth_method", "jwt", "openbao_auth_path", "../sys"}, `openbao_auth_path "../sys"`, "single slashes"},
		{"approle without id", []string{"openbao_auth_method", "approle", "openbao_secret_id", sentinel}, "openbao_role_id is not set", "OPENBAO_ROLE_ID"},
		{"approle without secret", []string{"openbao_auth_method", "approle", "openbao_role_id", "r"}, "openbao_secret_id is not set", "OPENBAO_SECRET_ID"},
		{"kubernetes without role", []string{"openbao_auth_method", "kubernetes"}, "openbao_role is not set", "OM_SECRET_EXEC_OPENBAO_ROLE"},
		{"token with a blank", []string{"openbao_token", sentinel + " x"}, "the token of variable X has characters that no token has", "quotes"},
		{"time-out", []string{"openbao_read_timeout_ms", "-1"}, "openbao_read_timeout_ms is not a number", "5000"},
		{"CA file", []string{"openbao_ca_cert_path", "/nowhere/ca.pem"}, "reading the CA file", "openbao_ca_cert_path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := openbao.Kind().Open(t.Context(), settings("https://bao.test", tt.pairs...))
			e := asError(t, err)
			failsWith(t, "Open()", e, providers.Config, tt.message)
			if e != nil && (!strings.Contains(e.Hint, tt.hint) || strings.Contains(fmt.Sprintf("%+v", *e), sentinel)) {
				t.Errorf("Open() = %+v, want hint with %q and no sentinel", *e, tt.hint)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct{ address, skip, want string }{
		{"https://bao.test", "false", ""},
		{"https://bao.test", "true", "the server's certificate is NOT verified, as openbao_skip_tls_verify (variable X) says"},
		{"http://bao.test", "true", "the connection is NOT encrypted, as openbao_address (variable X) says http"},
		{"http://10.0.0.1:8200", "false", "the connection is NOT encrypted"},
		{"http://127.0.0.1:8200", "false", ""},
		{"http://[::1]:8200", "false", ""},
		{"http://localhost:8200", "true", ""},
		{"https://S3NTINEL:x:y", "true", ""},
	}
	for _, tt := range tests {
		got := strings.Join(openbao.Kind().Warnings(settings(tt.address, "openbao_skip_tls_verify", tt.skip)), "\n")
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("Warnings(%s, skip %s) = %q, want %q", tt.address, tt.skip, got, tt.want)
		}
	}
}

// With skip-verify the CA file is not even read, as in OpenMetadata.
func TestSkipVerifyWinsOverCA(t *testing.T) {
	s := settings("https://bao.test", "openbao_skip_tls_verify", "true", "openbao_ca_cert_path", "/nowhere/ca.pem")
	openStore(t, s)
}

func TestAutoVersion(t *testing.T) {
	const mount = "sys/internal/ui/mounts/secret"
	answers := func(status int, body string) func(string, int) (int, string) {
		return func(path string, _ int) (int, string) {
			switch path {
			case mount:
				return status, body
			case "secret/a":
				return 200, `{"data": {"value": "one"}}`
			}
			return 200, entry(`{"value": "two"}`)
		}
	}
	tests := []struct {
		name   string
		status int
		body   string
		want   string
		code   providers.Code
	}{
		{"version 2", 200, `{"data": {"type": "kv", "options": {"version": "2"}}}`, "two", ""},
		{"version 1", 200, `{"data": {"type": "kv", "options": {"version": "1"}}}`, "one", ""},
		{"no version", 200, `{"data": {"type": "kv", "options": null}}`, "one", ""},
		{"other engine", 200, `{"data": {"type": "pki", "options": null}}`, "is not a key-value engine", providers.Config},
		{"not told", 403, `{"errors": ["preflight capability check returned 403 S3NTINEL"]}`, "is not told to this token", providers.PermissionDenied},
		{"unknown token", 403, plainRefusal, "does not know the token", providers.Unauthenticated},
		{"no namespace", 404, `{"errors": ["namespace not found"]}`, "namespace does not exist", providers.Config},
		{"sealed", 503, `{"errors": ["Vault is sealed"]}`, "sealed", providers.Unavailable},
		{"HTML", 200, "<html>S3NTINEL", "not one of the server's", providers.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := answers(tt.status, tt.body)
			f := serve(t, nil)
			f.answer = func(path string, _ *http.Request, n int) (int, string) { return answer(path, n) }
			store := openStore(t, settings(f.URL, "openbao_kv_version", "auto"))
			r := read(t.Context(), t, store, "a", "")
			if tt.code != "" {
				failsWith(t, "Read()", r.Err, tt.code, tt.want)
				return
			}
			if r.Err != nil || string(r.Secret.Value) != tt.want {
				t.Errorf("Read() = %q, %v, want %q", r.Secret.Value, r.Err, tt.want)
			}
			read(t.Context(), t, store, "a", "")
			if f.count(mount) != 1 {
				t.Errorf("asked for the version %d times, want once", f.count(mount))
			}
		})
	}
}
