package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestContainerCredential(t *testing.T) {
	cleanEnv(t)
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "pod token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = fmt.Fprint(w, `{"AccessKeyId":"ASIAPOD","SecretAccessKey":"x","Token":"y","Expiration":"2099-01-01T00:00:00Z"}`)
	}))
	defer agent.Close()
	data := serve(t, vault)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("pod token"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.URL)
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file)
	for _, kind := range []string{credentialContainer, credentialDefault} {
		s := settings(keyRegion, "eu-west-1", keyEndpoint, data.URL, keyCredential, kind)
		if got := readOne(t, openStore(t, SecretsManager(), s), "/a", ""); got.Err != nil {
			t.Errorf("Read() with credential %s = %v", kind, got.Err)
		}
	}
	agent.Close()
	s := settings(keyRegion, "eu-west-1", keyEndpoint, data.URL, keyCredential, credentialContainer)
	err := readOne(t, openStore(t, SecretsManager(), s), "/a", "").Err
	if codeOf(err) != providers.Unavailable || !err.Refused {
		t.Errorf("Read() without the agent = %+v, want UNAVAILABLE, refused", err)
	}
}

// Instance metadata gives the region and the key, and only where it is asked for.
func TestInstanceCredential(t *testing.T) {
	cleanEnv(t)
	asked := 0
	metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/latest/api/token":
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
			_, _ = fmt.Fprint(w, "token")
		case "/latest/dynamic/instance-identity/document":
			_, _ = fmt.Fprint(w, `{"region":"eu-north-1"}`)
		case "/latest/meta-data/iam/security-credentials/":
			_, _ = fmt.Fprint(w, "node")
		default:
			_, _ = fmt.Fprint(w, `{"Code":"Success","AccessKeyId":"ASIANODE","SecretAccessKey":"x","Token":"y","Expiration":"2099-01-01T00:00:00Z"}`)
		}
	}))
	defer metadata.Close()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.URL)
	data := serve(t, vault)

	if got := readOne(t, openStore(t, SecretsManager(), withKey(data.URL)), "/a", ""); got.Err != nil || asked != 0 {
		t.Errorf("Read() with a key = %v after %d metadata requests, want none", got.Err, asked)
	}
	s := settings(keyEndpoint, data.URL, keyCredential, credentialInstance)
	store := openStore(t, SecretsManager(), s)
	if asked != 0 {
		t.Errorf("Open() made %d metadata requests, want none", asked)
	}
	if got := readOne(t, store, "/a", ""); got.Err != nil {
		t.Fatalf("Read() = %v", got.Err)
	}
	if got := data.requests[1].Region; got != "eu-north-1" {
		t.Errorf("region of the signature = %q, want eu-north-1", got)
	}
}
