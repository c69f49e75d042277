package gcp

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

const askMetadata = "GET %/computeMetadata/v1/instance/service-accounts/default/token\n" +
	"GET %/computeMetadata/v1/project/project-id\n" +
	"GET %/computeMetadata/v1/universe/universe-domain\n" +
	"GET %/computeMetadata/v1/instance/service-accounts/default/email\n"

func TestMetadata(t *testing.T) {
	w := newWorld(t)
	host := w.Metadata(t)
	st := w.open(t, variableMetadata, host, keyCredential, "metadata", keyFile, "/ignored, for the pin names another")
	for range 2 {
		if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
			t.Errorf("Read() = %q, want the value", got)
		}
	}
	if st.who() != "service account "+gcptest.Reader {
		t.Errorf("identity = %q, want the machine's account", st.who())
	}
	want := strings.ReplaceAll(askMetadata, "%", host) + askSecret + "\n" + askSecret
	if got := w.asked(t); got != want {
		t.Errorf("requests:\n%s\nwant:\n%s", got, want)
	}
}

// The metadata server's token serves to act as another account, too.
func TestMetadataImpersonates(t *testing.T) {
	w := newWorld(t)
	w.LetActAs(gcptest.Reader, other)
	w.Grant(other)
	st := w.open(t, variableMetadata, w.Metadata(t), keyImpersonate, other)
	if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" || st.who() != "service account "+other {
		t.Errorf("Read() = %q as %q, want the value as %s", got, st.who(), other)
	}
}

// With a credentials file nobody asks the metadata server.
func TestMetadataIsNotAsked(t *testing.T) {
	w := newWorld(t)
	host := w.Metadata(t)
	st := w.keyed(t, variableMetadata, host)
	if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
		t.Errorf("Read() = %q, want the value", got)
	}
	if asked := w.asked(t); strings.Contains(asked, host) {
		t.Errorf("requests:\n%s\nwant none to the metadata server", asked)
	}
}

func TestMetadataFaults(t *testing.T) {
	google := func(status int, body string) http.HandlerFunc { return text(status, body, flavour, "Google") }
	tests := []struct {
		name     string
		h        http.HandlerFunc
		expected bool
		want     providers.Code
		retry    bool
		message  string
	}{
		{"no account", google(404, "S3NTINEL"), true, "UNAUTHENTICATED", false, "knows no service account"},
		{"refused", google(403, "S3NTINEL"), true, "PERMISSION_DENIED", false, "gives no token"},
		{"starting", google(503, "S3NTINEL"), true, "UNAVAILABLE", true, "server error"},
		{"no token", google(200, `{"S3NTINEL": 1}`), true, "UNAVAILABLE", false, "not a token"},
		{"another cloud's", text(404, "S3NTINEL"), true, "UNAUTHENTICATED", false, "not Google's metadata server"},
		{"another cloud's, unasked", text(404, "S3NTINEL"), false, "UNAUTHENTICATED", false, "there are no credentials"},
		{"broken", reset, true, "UNAVAILABLE", true, "closed"},
		{"broken, unasked", reset, false, "UNAUTHENTICATED", false, "there are no credentials"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.h)
			defer server.Close()
			w := newWorld(t)
			st := w.open(t, variableMetadata, strings.TrimPrefix(server.URL, "http://"))
			st.meta.expected = tt.expected
			got, err := read(t, st, "db", "")
			if err == nil || err.Code != tt.want || err.Retryable != tt.retry || !strings.Contains(err.Message, tt.message) {
				t.Errorf("Read() = %q, %+v, want %s, retryable %t, with %q", got, err, tt.want, tt.retry, tt.message)
			}
			if asked := w.asked(t); asked != "" {
				t.Errorf("requests:\n%s\nwant none to Google", asked)
			}
		})
	}
}

// A node's agent that is not up yet is waited for by the resolver.
func TestMetadataNotUpYet(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	listener.Close()
	w := newWorld(t)
	if _, err := read(t, w.open(t, variableMetadata, host), "db", ""); err == nil || !err.Refused || err.Code != providers.Unavailable {
		t.Errorf("Read() = %+v, want UNAVAILABLE, refused", err)
	}
}
