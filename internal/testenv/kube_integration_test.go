//go:build integration

package testenv_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

func TestKube(t *testing.T) {
	k := testenv.Kube(t)
	if again := testenv.Kube(t); again != k {
		t.Errorf("second start = %v, want the same server %v", again, k)
	}
	k.Namespace(t, "team-a")
	k.Namespace(t, "team-b")
	k.Secret(t, "team-a", "db", map[string][]byte{"password": []byte("hunter2")})
	k.Account(t, "team-a", "reader", "get")
	k.Account(t, "team-a", "nobody")
	reader, nobody := k.TokenFor(t, "team-a", "reader"), k.TokenFor(t, "team-a", "nobody")
	for _, tt := range []struct {
		name, path, token string
		want              int
		in                string
	}{
		{"the version that is pinned", "/version", k.AdminToken, http.StatusOK, `"gitVersion": "v1.36.3"`},
		{"a secret", "/api/v1/namespaces/team-a/secrets/db", reader, http.StatusOK, "aHVudGVyMg=="},
		{"no such secret", "/api/v1/namespaces/team-a/secrets/other", reader, http.StatusNotFound, "NotFound"},
		{"a verb that the role has not", "/api/v1/namespaces/team-a/secrets", reader, http.StatusForbidden, "cannot list"},
		{"another namespace", "/api/v1/namespaces/team-b/secrets/db", reader, http.StatusForbidden, "team-b"},
		{"an account without a role", "/api/v1/namespaces/team-a/secrets/db", nobody, http.StatusForbidden, "team-a:nobody"},
		{"a token for somebody else", "/api/v1/namespaces/team-a/secrets/db", k.TokenFor(t, "team-a", "reader", "vault"), http.StatusUnauthorized, "Unauthorized"},
		{"a bad token", "/api/v1/namespaces/team-a/secrets/db", "wrong", http.StatusUnauthorized, "Unauthorized"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := get(t, k, tt.path, tt.token)
			if status != tt.want || !strings.Contains(body, tt.in) {
				t.Errorf("GET %s = %d %s, want %d and %q in it", tt.path, status, body, tt.want, tt.in)
			}
		})
	}
}

func get(t *testing.T, k testenv.KubeServer, path, token string) (status int, body string) {
	t.Helper()
	roots := x509.NewCertPool()
	cert, err := os.ReadFile(k.CAFile)
	if err != nil || !roots.AppendCertsFromPEM(cert) {
		t.Fatalf("reading %s: %v", k.CAFile, err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}
