package aws

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/providers"
)

const sentinel = "S3NTINEL"

// cleanEnv takes every AWS variable and file away from the test, and with
// metadata switched off nothing outside 127.0.0.1 is asked.
func cleanEnv(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	dir := t.TempDir()
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// writeConfig writes the AWS configuration file of the test.
func writeConfig(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// settings makes the settings of a store from pairs of key and value.
func settings(pairs ...string) providers.Settings {
	s := providers.Settings{Values: map[string]providers.Setting{}, Env: os.LookupEnv, Loader: "env"}
	for i := 0; i < len(pairs); i += 2 {
		s.Values[pairs[i]] = providers.Setting{Value: pairs[i+1], Source: "test"}
	}
	return s
}

func withKey(endpoint string, more ...string) providers.Settings {
	return settings(append([]string{
		keyEndpoint, endpoint, keyRegion, "eu-west-1", keyAccessKey, "AKIATEST", keySecretKey, sentinel,
	}, more...)...)
}

func openStore(t *testing.T, kind providers.Kind, s providers.Settings) providers.Store {
	t.Helper()
	store, err := kind.Open(t.Context(), s)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	return store
}

func readOne(t *testing.T, store providers.Store, id, version string) providers.Result {
	t.Helper()
	return store.Read(t.Context(), []providers.Ref{{ID: id, Version: version}})[0]
}

func refs(ids ...string) []providers.Ref {
	group := make([]providers.Ref, len(ids))
	for i, id := range ids {
		group[i].ID = id
	}
	return group
}

// stub is a JSON service that records its requests.
type stub struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

type request struct {
	Action, Region string
	Body           map[string]any
}

// serve starts a stub. answer gives the status and the body for an action, the
// part of X-Amz-Target after the dot.
func serve(t *testing.T, answer func(r request) (int, any)) *stub {
	t.Helper()
	s := &stub{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		req := request{Action: action}
		if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 {
			req.Region = scope[2]
		}
		if err := json.NewDecoder(r.Body).Decode(&req.Body); err != nil {
			t.Errorf("request body: %v", err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, req)
		s.mu.Unlock()
		status, body := answer(req)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-RequestId", "req-1")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(body); err != nil {
			t.Errorf("response body: %v", err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) actions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, r := range s.requests {
		names = append(names, r.Action)
	}
	return names
}

type object = map[string]any

func failure(code, message string) object {
	return object{"__type": "com.amazonaws.test#" + code, "message": message}
}
