package openbao_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

// doctor's four requests, as a healthy server answers.
func healthy() map[string]string {
	return map[string]string{
		"sys/health":                    fmt.Sprintf(`{"initialized": true, "sealed": false, "standby": false, "server_time_utc": %d, "version": "2.7.2"}`, time.Now().Unix()),
		appRolePath:                     fmt.Sprintf(loginReply, 1, 1),
		"auth/token/lookup-self":        `{"data": {"id": "S3NTINEL", "accessor": "acc1", "display_name": "approle", "policies": ["default", "om", "S3NTINEL free text"], "ttl": 3600}}`,
		"sys/internal/ui/mounts/secret": `{"data": {"type": "kv", "options": {"version": "2"}}}`,
	}
}

func TestExamine(t *testing.T) {
	tests := []struct {
		name  string
		path  string // whose answer is another
		then  string // STATUS BODY
		facts []string
	}{
		{"healthy", "", "", []string{
			"endpoint ok: OpenBao at URL, mount secret (variable X) answers, version 2.7.2",
			"clock ok: differs",
			"identity ok: role id role-1 (approle), token accessor acc1, display name approle, policies default om, valid for 1h0m0s",
			`mount ok: the engine at "secret" is key-value version 2`,
			"permission unknown: which entries",
		}},
		{"sealed", "sys/health", `503 {"initialized": true, "sealed": true, "server_time_utc": 1}`, []string{
			"endpoint fail: OpenBao at URL, mount secret (variable X) is sealed", "clock warn: differs from the server's by", "identity ok", "mount ok", "permission unknown",
		}},
		{"standby", "sys/health", `429 {"initialized": true, "standby": true}`, []string{
			"endpoint ok: OpenBao at URL, mount secret (variable X) answers, a standby node", "clock unknown", "identity ok", "mount ok", "permission unknown",
		}},
		{"not initialised", "sys/health", `501 {"initialized": false}`, []string{
			"endpoint fail: OpenBao at URL, mount secret (variable X) is not initialised", "clock unknown", "identity ok", "mount ok", "permission unknown",
		}},
		{"other server", "sys/health", "200 <html>S3NTINEL", []string{"endpoint fail: UNAVAILABLE: the answer is not", "identity ok", "mount ok", "permission unknown"}},
		{"login refused", appRolePath, `400 {"errors":["S3NTINEL"]}`, []string{"endpoint ok", "clock ok", "identity fail: UNAUTHENTICATED: logging in: the role id or the secret id is refused (role id role-1 (approle))"}},
		{"no look-up", "auth/token/lookup-self", "403 " + policyDenial, []string{"endpoint ok", "clock ok", "identity unknown: role id role-1 (approle), token accessor acc1; the token may not look itself up", "mount ok", "permission unknown"}},
		{"unknown token", "auth/token/lookup-self", "403 " + plainRefusal, []string{"endpoint ok", "clock ok", "identity fail: UNAUTHENTICATED: the server does not know the token", "mount ok", "permission unknown"}},
		{"short life", "auth/token/lookup-self", `200 {"data": {"ttl": 10}}`, []string{"endpoint ok", "clock ok", "identity warn: role id role-1 (approle), token accessor acc1, valid for 10s", "mount ok", "permission unknown"}},
		{"root", "auth/token/lookup-self", `200 {"data": {"policies": ["root"]}}`, []string{"endpoint ok", "clock ok", "identity warn: role id role-1 (approle), token accessor acc1, policies root", "mount ok", "permission unknown"}},
		{"version 1", "sys/internal/ui/mounts/secret", `200 {"data": {"type": "kv"}}`, []string{"endpoint ok", "clock ok", "identity ok", `mount fail: the engine at "secret" is version "1", and openbao_kv_version is 2`, "permission unknown"}},
		{"other engine", "sys/internal/ui/mounts/secret", `200 {"data": {"type": "pki"}}`, []string{"endpoint ok", "clock ok", "identity ok", "mount fail: the engine at", "permission unknown"}},
		{"no mount", "sys/internal/ui/mounts/secret", "403 " + policyDenial, []string{"endpoint ok", "clock ok", "identity ok", `mount fail: the token may do nothing below "secret"`, "permission unknown"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, func(path string, r *http.Request, _ int) (int, string) {
				if r.Header.Get("X-Vault-Namespace") != "" && path == "sys/health" {
					return http.StatusBadRequest, `{"errors":["operation unavailable in namespaces"]}`
				}
				if path == tt.path {
					var status int
					fmt.Sscan(tt.then, &status)
					return status, tt.then[4:]
				}
				return http.StatusOK, healthy()[path]
			})
			store := openStore(t, appRole(f.URL))
			facts := store.(providers.Examiner).Examine(t.Context())
			checkFacts(t, strings.NewReplacer(f.URL, "URL"), facts, tt.facts)
			if len(f.requests) > 4 || f.count("secret/data/ID") != 0 {
				t.Errorf("asked %q, want at most 4 requests and no entry", f.paths())
			}
		})
	}
}

// checkFacts compares `NAME STATUS: TEXT` by beginnings.
func checkFacts(t *testing.T, shorten *strings.Replacer, facts []providers.Fact, want []string) {
	t.Helper()
	var got []string
	for i, f := range facts {
		line := shorten.Replace(fmt.Sprintf("%s %s: %s", f.Name, f.Status, f.Text))
		if i < len(want) && strings.HasPrefix(line, want[i]) {
			line = want[i]
		}
		got = append(got, line)
		if f.Status != providers.OK && f.Hint == "" && f.Name != "clock" {
			t.Errorf("fact %+v has no hint", f)
		}
		if strings.Contains(f.Text+f.Hint, sentinel) {
			t.Errorf("fact %+v holds the sentinel", f)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

func TestExamineInNamespace(t *testing.T) {
	f := serve(t, func(path string, r *http.Request, _ int) (int, string) {
		if got := r.Header.Get("X-Vault-Namespace"); (got == "") != (path == "sys/health") {
			t.Errorf("%s in namespace %q", path, got)
		}
		return http.StatusOK, healthy()[path]
	})
	facts := openStore(t, appRole(f.URL, "openbao_namespace", "team")).(providers.Examiner).Examine(t.Context())
	if len(facts) != 5 {
		t.Errorf("facts = %+v, want 5", facts)
	}
}

func TestExamineUnreachable(t *testing.T) {
	store := openStore(t, settings("https://127.0.0.1:1"))
	checkFacts(t, strings.NewReplacer(), store.(providers.Examiner).Examine(t.Context()), []string{
		"endpoint fail: UNAVAILABLE: the connection was refused",
		"identity fail: UNAVAILABLE: the connection was refused", "mount fail: UNAVAILABLE: the connection was refused", "permission unknown",
	})
}
