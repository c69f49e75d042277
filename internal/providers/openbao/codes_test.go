package openbao_test

import (
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// The bodies are those of OpenBao 2.7.2, with the sentinel where a server may
// write what it likes.
func TestAnswers(t *testing.T) {
	const (
		denied  = `{"errors":["1 error occurred:\n\t* permission denied\n\n", "S3NTINEL"]}`
		deleted = `{"request_id":"r1","data":{"data":null,"metadata":{"deletion_time":"2026-11-22T01:10:50Z","destroyed":false,"version":2}}}`
	)
	v1 := []string{"openbao_kv_version", "1"}
	tests := []struct {
		name    string
		pairs   []string
		id      string
		status  int
		body    string
		code    providers.Code
		message string
		hint    string
		retry   bool
	}{
		{"missing", nil, "a/b", 404, `{"errors":[]}`, providers.NotFound, `no entry "a/b"`, "bao kv get -mount=secret a/b", false},
		{"missing, version 1", v1, "/a", 404, `{"errors":[]}`, providers.NotFound, `no entry "a"`, "openbao_mount", false},
		{"mount in the id", nil, "secret/a", 404, `{"errors":[]}`, providers.NotFound, "no entry", `leave "secret/" out`, false},
		{"data in the id", nil, "data/a", 404, `{"errors":[]}`, providers.NotFound, "no entry", `"data/"`, false},
		{"missing mount", nil, "a", 404, `{"errors":["no handler for route S3NTINEL"]}`, providers.Config, `no engine is mounted at "secret"`, "openbao_mount", false},
		{"missing namespace", nil, "a", 404, `{"errors":["namespace not found"]}`, providers.Config, "the namespace does not exist", "openbao_namespace", false},
		{"version 2 asked as 1", v1, "a", 404, `{"data":null,"warnings":["Invalid path for a versioned K/V secrets engine. S3NTINEL"]}`, providers.Config, "is version 2", "openbao_kv_version", false},
		{"deleted", nil, "a b", 404, deleted, providers.Disabled, "version 2 of the entry was deleted", "bao kv undelete -mount=secret -versions=2 'a b'", false},
		{"destroyed", nil, "a", 404, strings.Replace(deleted, "false", "true", 1), providers.VersionNotFound, "version 2 of the entry was destroyed", "?version=", false},
		{"no data", nil, "a", 200, entry("null"), providers.BadValue, "has no data", "bao kv put -mount=secret a value=-", false},
		{"denied", nil, "a", 403, denied, providers.PermissionDenied, `reading "secret/data/a" is not allowed`, `path "secret/data/a" { capabilities = ["read"] }`, false},
		{"denied, version 1", v1, "a", 403, denied, providers.PermissionDenied, `reading "secret/a"`, `path "secret/a"`, false},
		{"unknown token", nil, "a", 403, `{"errors":["permission denied"]}`, providers.Unauthenticated, "does not know the token", "bao token lookup", false},
		{"invalid token", nil, "a", 403, `{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}`, providers.Unauthenticated, "does not know the token", "expired", false},
		{"401", nil, "a", 401, "", providers.Unauthenticated, "does not know the token", "expired", false},
		{"403 of a proxy", nil, "a", 403, "<html>S3NTINEL", providers.PermissionDenied, "not allowed", "policy", false},
		{"malformed", nil, "a", 400, `{"errors":["S3NTINEL"]}`, providers.InvalidRef, "malformed", "id", false},
		{"400 without words", nil, "a", 400, "", providers.Unavailable, "not one of the server's (HTTP status 400)", "openbao_address", false},
		{"TLS is spoken there", nil, "a", 400, "Client sent an HTTP request to an HTTPS server.\n", providers.Config, "speaks TLS", "https://", false},
		{"rate limit", nil, "a", 429, `{"errors":["S3NTINEL"]}`, providers.Throttled, "too many requests", "--concurrency", true},
		{"not caught up", nil, "a", 412, `{"errors":["S3NTINEL"]}`, providers.Unavailable, "not caught up", "again", true},
		{"internal error", nil, "a", 500, `{"errors":["S3NTINEL"]}`, providers.Unavailable, "internal error", "log", true},
		{"no backend", nil, "a", 502, "<html>S3NTINEL", providers.Unavailable, "internal error or is down", "load balancer", true},
		{"sealed", nil, "a", 503, `{"errors":["Vault is sealed"]}`, providers.Unavailable, "sealed", "unseal", true},
		{"proxy", nil, "a", 407, "", providers.Unavailable, "proxy", "HTTPS_PROXY", false},
		{"HTML", nil, "a", 200, "<html>S3NTINEL</html>", providers.Unavailable, "not one of the server's (HTTP status 200)", "openbao_address", false},
		{"half of it", nil, "a", 200, entry(`{"value": "S3NTINEL"}`)[:60], providers.Unavailable, "not one of the server's", "openbao_address", false},
		{"null", nil, "a", 200, "null", providers.Unavailable, "not one of the server's", "openbao_address", false},
		{"not UTF-8", nil, "a", 200, entry(`{"value": "S3NTINEL` + "\xff" + `"}`), providers.Unavailable, "not one of the server's", "openbao_address", false},
		{"version 1's form", nil, "a", 200, `{"data": {"value": "S3NTINEL"}}`, providers.Unavailable, "not one of the server's", "openbao_address", false},
		{"404 of a page", nil, "a", 404, "<html>S3NTINEL", providers.Unavailable, "not one of the server's (HTTP status 404)", "openbao_address", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, always(tt.status, tt.body))
			err := read(t.Context(), t, openStore(t, settings(f.URL, tt.pairs...)), tt.id, "").Err
			failsWith(t, "Read()", err, tt.code, tt.message)
			if err == nil {
				return
			}
			if !strings.Contains(err.Hint, tt.hint) || err.Retryable != tt.retry || err.Status != tt.status {
				t.Errorf("error = %+v, want hint with %q, retryable %t, status %d", *err, tt.hint, tt.retry, tt.status)
			}
			if want := "the token of variable X"; err.Identity != want {
				t.Errorf("identity = %q, want %q", err.Identity, want)
			}
			if !strings.HasPrefix(err.Place, "OpenBao at "+f.URL) || !strings.Contains(err.Place, "mount secret") {
				t.Errorf("place = %q", err.Place)
			}
			if len(f.requests) != 1 {
				t.Errorf("%d requests, want 1", len(f.requests))
			}
		})
	}
}

func TestPlaceSaysWhy(t *testing.T) {
	f := serve(t, always(http.StatusNotFound, `{"errors":[]}`))
	s := settings(f.URL, "openbao_namespace", "team")
	s.Provider = "vault"
	s.Values["openbao_mount"] = providers.Setting{Value: "kv", Source: "default"}
	err := read(t.Context(), t, openStore(t, s), "a", "").Err
	want := "Vault at " + f.URL + ", namespace team (variable X), mount kv (default)"
	if err == nil || err.Place != want || !strings.Contains(err.Hint, "vault kv get -mount=kv a") {
		t.Errorf("Read() = %+v, want place %q and a hint with vault's command", err, want)
	}
}

func TestRetryAfter(t *testing.T) {
	f := serve(t, nil)
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	err := read(t.Context(), t, openStore(t, settings(f.URL)), "a", "").Err
	if err == nil || err.Code != providers.Throttled || err.After.Seconds() != 7 {
		t.Errorf("Read() = %+v, want THROTTLED after 7s", err)
	}
}
