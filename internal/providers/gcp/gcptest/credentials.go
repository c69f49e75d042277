package gcptest

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Key is the file of a service account's key.
func (g *Google) Key(email string) map[string]any {
	der, err := x509.MarshalPKCS8PrivateKey(g.key)
	if err != nil {
		panic(err) // the key is our own
	}
	return object{
		"type": "service_account", "project_id": Project, "client_email": email, "private_key_id": "key-1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_id":   "1", "token_uri": "https://" + tokenHost + "/token", "universe_domain": "googleapis.com",
	}
}

// External is the configuration of a workload identity whose token is in a file,
// and which acts as a service account if one is given.
func External(tokenFile, target string) map[string]any {
	file := object{
		"type": "external_account", "audience": Pool, "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
		"token_url": "https://" + stsHost + "/v1/token", "credential_source": object{"file": tokenFile},
		"universe_domain": "googleapis.com",
	}
	if target != "" {
		file["service_account_impersonation_url"] = "https://" + accountHost + "/v1/projects/-/serviceAccounts/" + target + ":generateAccessToken"
	}
	return file
}

// WorkloadToken is the token of a workload.
func (g *Google) WorkloadToken(subject string) string {
	now := time.Now().Unix()
	return g.sign(claims{Iss: Issuer, Sub: subject, Aud: Pool, Iat: now, Exp: now + 600})
}

// UserFile is what gcloud auth application-default login writes.
func UserFile() map[string]any {
	return object{
		"type": "authorized_user", "client_id": "client-1", "client_secret": Sentinel + "-client",
		"refresh_token": Sentinel + "-refresh", "account": "someone@example.com", "universe_domain": "googleapis.com",
	}
}

// ImpersonatedFile is what gcloud writes with --impersonate-service-account.
func ImpersonatedFile(source map[string]any, target string) map[string]any {
	return object{
		"type": "impersonated_service_account", "source_credentials": source,
		"service_account_impersonation_url": "https://" + accountHost + "/v1/projects/-/serviceAccounts/" + target + ":generateAccessToken",
	}
}

// Write writes a file as JSON, a string as it is, and returns the path.
func Write(t testing.TB, name string, content any) string {
	t.Helper()
	text, ok := content.(string)
	if !ok {
		data, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		text = string(data)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Metadata starts a metadata server, of a machine that runs as Reader, and
// returns its host and port.
func (g *Google) Metadata(t testing.TB) string {
	t.Helper()
	const account = "/computeMetadata/v1/instance/service-accounts/default/"
	entries := map[string]func(r *http.Request) string{
		"/computeMetadata/v1/project/project-id": func(*http.Request) string { return Project + "\n" },
		account + "email":                        func(*http.Request) string { return Reader },
		account + "token": func(r *http.Request) string {
			if r.URL.Query().Get("scopes") != scope {
				return "{}"
			}
			return `{"access_token":"` + g.issue(Reader) + `","expires_in":3599,"token_type":"Bearer"}`
		},
	}
	server := httptest.NewServer(g.host(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		entry := entries[r.URL.Path]
		switch {
		case r.Header.Get("Metadata-Flavor") != "Google" || r.Header.Get("X-Forwarded-For") != "":
			http.Error(w, "Missing Metadata-Flavor:Google header. "+Sentinel, http.StatusForbidden)
		case entry == nil:
			http.Error(w, "404 "+Sentinel, http.StatusNotFound)
		default:
			_, _ = w.Write([]byte(entry(r)))
		}
	})))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}
