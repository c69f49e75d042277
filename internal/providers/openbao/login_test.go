package openbao_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

const (
	loginReply   = `{"auth": {"client_token": "S3NTINEL-%d", "accessor": "acc%d"}}`
	plainRefusal = `{"errors":["permission denied"]}`
	policyDenial = `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`
	appRolePath  = "auth/approle/login"
	data         = "secret/data/"
)

func appRole(address string, pairs ...string) providers.Settings {
	return settings(address, append([]string{
		"openbao_auth_method", "approle", "openbao_role_id", "role-1", "openbao_secret_id", sentinel + "-id",
	}, pairs...)...)
}

// withLogins answers logins with tokens 1, 2, ... and reads with entry, but
// refuses the tokens that bad names.
func withLogins(denial string, bad ...string) func(string, *http.Request, int) (int, string) {
	return func(path string, r *http.Request, n int) (int, string) {
		if strings.HasPrefix(path, "auth/") {
			return http.StatusOK, fmt.Sprintf(loginReply, n, n)
		}
		for _, token := range bad {
			if r.Header.Get("X-Vault-Token") == sentinel+token {
				return http.StatusForbidden, denial
			}
		}
		return http.StatusOK, entry(`{"value": "v"}`)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// webToken is a token as a cluster issues it, but for the signature.
func webToken(subject string) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"RS256"}`) + "." + part(fmt.Sprintf(`{"sub":%q}`, subject)) + "." + part(sentinel)
}

func TestLogins(t *testing.T) {
	const subject = "system:serviceaccount:om:ingestion"
	token := webToken(subject)
	jwt := file(t, token+"\n")
	tests := []struct {
		name, path string
		pairs      []string
		body       map[string]string
		identity   string
	}{
		{"approle", appRolePath, nil, map[string]string{"role_id": "role-1", "secret_id": sentinel + "-id"}, "role id role-1 (approle), token accessor acc1"},
		{"approle elsewhere", "auth/team/ci/login", []string{"openbao_auth_path", "/team/ci/"}, map[string]string{"role_id": "role-1", "secret_id": sentinel + "-id"}, "role id role-1 (approle at auth/team/ci), token accessor acc1"},
		{"jwt", "auth/jwt/login", []string{"openbao_auth_method", "jwt", "openbao_role", "om", "openbao_jwt_file", jwt}, map[string]string{"role": "om", "jwt": token}, "role om (jwt), subject " + subject + ", token accessor acc1"},
		{"jwt, default role", "auth/jwt/login", []string{"openbao_auth_method", "jwt", "openbao_jwt_file", jwt}, map[string]string{"jwt": token}, "the default role (jwt), subject " + subject + ", token accessor acc1"},
		{"kubernetes", "auth/kubernetes/login", []string{"openbao_auth_method", "kubernetes", "openbao_role", "om", "openbao_jwt_file", jwt}, map[string]string{"role": "om", "jwt": token}, "role om (kubernetes), subject " + subject + ", token accessor acc1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := withLogins("")
			f := serve(t, func(path string, r *http.Request, n int) (int, string) {
				if path == data+"absent" {
					return http.StatusNotFound, `{"errors":[]}`
				}
				return answer(path, r, n)
			})
			store := openStore(t, appRole(f.URL, append([]string{"openbao_namespace", "team"}, tt.pairs...)...))
			if len(f.requests) != 0 {
				t.Errorf("Open() asked %q, want nothing", f.paths())
			}
			value(t, store)
			err := read(t.Context(), t, store, "absent", "").Err
			if err == nil || err.Identity != tt.identity {
				t.Errorf("Read() = %+v, want identity %q", err, tt.identity)
			}
			want := []string{"POST " + tt.path, "GET secret/data/a", "GET secret/data/absent"}
			if diff := cmp.Diff(want, f.paths()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			var got map[string]string
			if err := json.Unmarshal([]byte(f.bodies[0]), &got); err != nil || !cmp.Equal(got, tt.body) {
				t.Errorf("login with %v, want %v", got, tt.body)
			}
			if h := f.requests[0].Header; h.Get("X-Vault-Namespace") != "team" || h.Get("X-Vault-Token") != "" {
				t.Errorf("login has headers %v, want the namespace and no token", h)
			}
			if got := f.requests[1].Header.Get("X-Vault-Token"); got != sentinel+"-1" {
				t.Errorf("token of the read = %q, want the login's", got)
			}
		})
	}
}

func TestRefusedLogins(t *testing.T) {
	jwt := file(t, webToken("me"))
	kubernetes := []string{"openbao_auth_method", "kubernetes", "openbao_role", "om", "openbao_jwt_file", jwt}
	byJWT := []string{"openbao_auth_method", "jwt", "openbao_role", "om", "openbao_jwt_file", jwt}
	tests := []struct {
		name    string
		pairs   []string
		status  int
		body    string
		code    providers.Code
		message string
		hint    string
		retry   bool
	}{
		{"secret id used up", nil, 400, `{"errors":["invalid role or secret ID S3NTINEL"]}`, providers.Unauthenticated, "the role id or the secret id is refused", "secret_id_num_uses", false},
		{"web token", byJWT, 400, `{"errors":["error validating token S3NTINEL"]}`, providers.Unauthenticated, "the token to log in with, is refused", "audience", false},
		{"no such role", kubernetes, 400, `{"errors":["invalid role name S3NTINEL"]}`, providers.Unauthenticated, "the role, or", "openbao_role", false},
		{"service account", kubernetes, 403, `{"errors":["service account name not authorized"]}`, providers.Unauthenticated, "the service account is refused", "bound_service_account_names", false},
		{"nothing mounted below a namespace", nil, 403, plainRefusal, providers.Unauthenticated, `the login at "auth/approle" is refused`, "openbao_auth_path", false},
		{"nothing mounted", nil, 404, `{"errors":["no handler for route S3NTINEL"]}`, providers.Config, `no login method is mounted at "auth/approle"`, "openbao_auth_path", false},
		{"no namespace", nil, 404, `{"errors":["namespace not found"]}`, providers.Config, "the namespace does not exist", "openbao_namespace", false},
		{"sealed", nil, 503, `{"errors":["Vault is sealed"]}`, providers.Unavailable, "the server is sealed", "unseal", true},
		{"throttled", nil, 429, "", providers.Throttled, "too many", "concurrency", true},
		{"second factor", nil, 200, `{"auth": {"client_token": "", "mfa_requirement": {}}}`, providers.Unauthenticated, "gave no token", "second factor", false},
		{"HTML", nil, 200, "<html>S3NTINEL", providers.Unauthenticated, "gave no token", "auth/approle", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, always(tt.status, tt.body))
			store := openStore(t, appRole(f.URL, tt.pairs...))
			err := read(t.Context(), t, store, "a", "").Err
			failsWith(t, "Read()", err, tt.code, tt.message)
			if err == nil {
				return
			}
			if !strings.Contains(err.Hint, tt.hint) || err.Retryable != tt.retry || err.Status != tt.status || err.Identity == "" {
				t.Errorf("error = %+v, want hint with %q, retryable %t, an identity", *err, tt.hint, tt.retry)
			}
			// A refusal stands; what time can mend is tried again, when the
			// error says.
			if (err.After > 0) != tt.retry {
				t.Errorf("After = %s, retryable %t", err.After, tt.retry)
			}
			<-time.After(err.After)
			read(t.Context(), t, store, "b", "")
			if want := map[bool]int{false: 1, true: 2}[tt.retry]; len(f.requests) != want {
				t.Errorf("%d requests for two reads, want %d", len(f.requests), want)
			}
		})
	}
}
