package rest_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

var hints = rest.Hints{Endpoint: "store_address", CA: "--ca-file"}

// get asks url and gives the code and message of what went wrong.
func get(t *testing.T, ctx context.Context, o rest.Options, url string) *providers.Error {
	t.Helper()
	client, failed := rest.NewClient(o)
	if failed != nil {
		return failed
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		return nil
	}
	e, ok := rest.Explain(ctx, err, hints)
	if !ok {
		t.Fatalf("Explain(%v) knows nothing", err)
	}
	if strings.Contains(e.Error(), "S3NTINEL") {
		t.Errorf("%v quotes the URL", e)
	}
	return e
}

func TestExplain(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	})
	mux.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range 17 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("short"))
	})
	mux.HandleFunc("/reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(mux)
	defer server.Close()

	tests := []struct {
		name, url string
		want      providers.Code
		message   string
	}{
		{"answer", server.URL + "/ok", "", ""},
		{"redirect on the host", server.URL + "/here", "", ""},
		{"redirect to another host", server.URL + "/away?S3NTINEL", providers.Unavailable, "another host"},
		{"endless body", server.URL + "/endless", providers.TooLarge, "larger than 16 MiB"},
		{"body cut off", server.URL + "/cut", providers.Unavailable, "ends too early"},
		{"connection closed", server.URL + "/reset?S3NTINEL", providers.Unavailable, "closed before the answer"},
		{"nobody listens", "http://127.0.0.1:1/S3NTINEL", providers.Unavailable, "refused"},
		{"unknown authority", secure.URL, providers.TLS, "not trusted"},
		{"no TLS there", strings.Replace(server.URL, "http:", "https:", 1), providers.TLS, "does not speak TLS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := get(t, t.Context(), rest.Options{}, tt.url)
			if e == nil {
				e = &providers.Error{}
			}
			if e.Code != tt.want || !strings.Contains(e.Message, tt.message) {
				t.Errorf("%s gives %+v, want %s with %q", tt.url, e, tt.want, tt.message)
			}
			if e.Code == providers.Unavailable && strings.Contains(e.Message, "refused") != e.Refused {
				t.Errorf("%s gives Refused %t", tt.url, e.Refused)
			}
		})
	}
}

func TestExplainDirectly(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if e := get(t, over, rest.Options{}, "http://127.0.0.1:1"); e.Code != providers.Cancelled {
		t.Errorf("a cancelled request gives %+v", e)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if e := get(t, late, rest.Options{}, "http://127.0.0.1:1"); e.Code != providers.Timeout || !e.Retryable {
		t.Errorf("a late request gives %+v", e)
	}
	absent := &net.DNSError{Err: "S3NTINEL", Name: "nothing.invalid", IsNotFound: true}
	if e, ok := rest.Explain(t.Context(), absent, hints); !ok || e.Retryable || e.Message != `the host "nothing.invalid" has no address` {
		t.Errorf("a host that does not exist gives %+v", e)
	}
	if e, ok := rest.Explain(t.Context(), errors.New("something else"), hints); ok {
		t.Errorf("Explain of an unknown error = %+v, want none", e)
	}
}

func TestCAFiles(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	dir := t.TempDir()
	good, empty := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "empty.pem")
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, data := range map[string][]byte{good: root, empty: []byte("no PEM")} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if e := get(t, t.Context(), rest.Options{CAFiles: []string{"", good}}, server.URL); e != nil {
		t.Errorf("with the CA file: %+v", e)
	}
	if e := get(t, t.Context(), rest.Options{SkipVerify: true}, server.URL); e != nil {
		t.Errorf("without verification: %+v", e)
	}
	for _, name := range []string{empty, filepath.Join(dir, "absent.pem")} {
		if _, e := rest.NewClient(rest.Options{CAFiles: []string{name}}); e == nil || e.Code != providers.Config {
			t.Errorf("CA file %s gives %+v, want CONFIG", name, e)
		}
	}
	if pool, e := rest.Roots("", ""); pool != nil || e != nil {
		t.Errorf("Roots of no file = %v, %v, want nil: the system's", pool, e)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		in   string
		want time.Duration
	}{
		{"", 0},
		{"7", 7 * time.Second},
		{"-7", 0},
		{"999999999", time.Hour},
		{"Sat, 21 Nov 2026 12:00:30 GMT", 30 * time.Second},
		{"Sat, 21 Nov 2026 11:00:00 GMT", 0},
		{"soon", 0},
	}
	for _, tt := range tests {
		if got := rest.RetryAfter(http.Header{"Retry-After": {tt.in}}, now); got != tt.want {
			t.Errorf("RetryAfter(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}
