package azuretest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// The vault takes its own cloud's tokens, for vaults and while they last, and no
// others: what is not refused here would let a mistake of ours pass.
func TestTokens(t *testing.T) {
	app := &azuretest.App{ClientID: "app"}
	issue := func(edit func(*azuretest.Cloud)) (*azuretest.Cloud, string) {
		c := azuretest.New()
		c.Apps, c.Secrets["a"] = []*azuretest.App{app}, azuretest.Secret{Value: "v"}
		edit(c)
		return c, c.Token(app)
	}
	good, token := issue(func(*azuretest.Cloud) {})
	_, stranger := issue(func(*azuretest.Cloud) {})
	expired, old := issue(func(c *azuretest.Cloud) { c.Lifetime = -time.Minute })
	graph, other := issue(func(c *azuretest.Cloud) { c.Resource = "https://graph.microsoft.com" })
	graph.Resource = azuretest.Resource
	nobody, gone := issue(func(*azuretest.Cloud) {})
	nobody.Apps = nil
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	tests := []struct {
		name  string
		cloud *azuretest.Cloud
		token string
		want  int
	}{
		{"good", good, token, http.StatusOK},
		{"none", good, "", http.StatusUnauthorized},
		{"not a token", good, "x.y.z", http.StatusUnauthorized},
		{"no signature", good, parts[0] + "." + parts[1] + ".", http.StatusUnauthorized},
		{"another key", good, stranger, http.StatusUnauthorized},
		{"somebody's signature", good, azuretest.SignRS256(key, azuretest.Claims{App: "app", Audience: azuretest.Resource}), http.StatusUnauthorized},
		{"expired", expired, old, http.StatusUnauthorized},
		{"for another service", graph, other, http.StatusUnauthorized},
		{"of nobody", nobody, gone, http.StatusUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://kv1.vault.azure.net/secrets/a?api-version=7.6", nil)
			if tt.token != "" {
				req.Header.Set("Authorization", "Bearer "+tt.token)
			}
			w := httptest.NewRecorder()
			tt.cloud.Vault().ServeHTTP(w, req)
			if w.Code != tt.want {
				t.Errorf("status = %d, want %d", w.Code, tt.want)
			}
			if challenged := w.Header().Get("WWW-Authenticate") != ""; challenged != (tt.want == http.StatusUnauthorized) {
				t.Errorf("challenged = %t with status %d", challenged, w.Code)
			}
		})
	}
}
