package aws

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(answerWith(200, `{"ARN":"x","SecretString":"v"}`))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	dir := t.TempDir()
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, root, 0o600); err != nil {
		t.Fatal(err)
	}
	otherHost := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	tests := []struct {
		name, url, caFile, bundle string
		want                      providers.Code
		message                   string
	}{
		{"unknown authority", server.URL, "", "", providers.TLS, "not trusted"},
		{"CA file", server.URL, file, "", "", ""},
		{"AWS_CA_BUNDLE", server.URL, "", file, "", ""},
		{"both", server.URL, file, file, "", ""},
		{"other host", otherHost, file, "", providers.TLS, `not for the host "localhost"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			if tt.bundle != "" {
				t.Setenv("AWS_CA_BUNDLE", tt.bundle)
			}
			s := withKey(tt.url)
			s.CAFile = tt.caFile
			err := readOne(t, openStore(t, SecretsManager(), s), "/a", "").Err
			if codeOf(err) != tt.want || err != nil && !strings.Contains(err.Message, tt.message) {
				t.Errorf("Read(%s) = %+v, want code %q, message with %q", tt.url, err, tt.want, tt.message)
			}
		})
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	cleanEnv(t)
	server := httptest.NewServer(answerWith(200, "{}"))
	defer server.Close()
	url := strings.Replace(server.URL, "http:", "https:", 1)
	err := readOne(t, openStore(t, SecretsManager(), withKey(url)), "/a", "").Err
	if codeOf(err) != providers.TLS || !strings.Contains(err.Message, "does not speak TLS") {
		t.Errorf("Read() = %+v, want TLS", err)
	}
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// See guardedClient: a request's body must not offer WriteTo.
func TestGuardedRequestBody(t *testing.T) {
	req := httptest.NewRequest(http.MethodPost, "/", nil)
	req.Body = io.NopCloser(strings.NewReader("x"))
	if _, ok := req.Body.(io.WriterTo); !ok {
		t.Fatal("the test's body has no WriteTo")
	}
	inner := clientFunc(func(r *http.Request) (*http.Response, error) {
		if _, ok := r.Body.(io.WriterTo); ok {
			t.Error("Do passes a body with WriteTo on")
		}
		return nil, io.EOF
	})
	resp, err := guardedClient{inner}.Do(req)
	if !errors.Is(err, io.EOF) {
		t.Errorf("Do() = %v, want the inner client's error", err)
	}
	if resp != nil {
		resp.Body.Close()
	}
}

// A redirect to another host would carry the session token there.
func TestRedirectIsNotFollowed(t *testing.T) {
	cleanEnv(t)
	elsewhere := serve(t, vault)
	server := httptest.NewServer(answerWith(http.StatusTemporaryRedirect, "", "Location", elsewhere.URL+"/"))
	defer server.Close()
	err := readOne(t, openStore(t, SecretsManager(), withKey(server.URL, keySessionToken, sentinel)), "/a", "").Err
	if codeOf(err) != providers.Unavailable || err.Status != http.StatusTemporaryRedirect {
		t.Errorf("Read() = %+v, want UNAVAILABLE with status 307", err)
	}
	if got := elsewhere.actions(); len(got) != 0 {
		t.Errorf("requests elsewhere = %v, want none", got)
	}
}
