package aws

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

// answerWith writes an answer that no AWS service gives.
func answerWith(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "200")
	_, _ = w.Write([]byte(`{"SecretString":"` + sentinel))
}

func endless(w http.ResponseWriter, _ *http.Request) {
	chunk := []byte(strings.Repeat("a", 1<<20))
	_, _ = w.Write([]byte(`{"SecretString":"`))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestFaults(t *testing.T) {
	const xml = "<Error><Code>AccessDenied</Code><Message>" + sentinel + "</Message></Error>"
	const html = "<html>" + sentinel + "</html>"
	date := []string{"Date", "Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After", "Mon, 02 Jan 2006 15:04:12 GMT"}
	tests := []struct {
		name   string
		h      http.HandlerFunc
		want   providers.Code
		retry  bool
		after  time.Duration
		status int
	}{
		{"reset", reset, providers.Unavailable, true, 0, 0},
		{"truncated", truncated, providers.Unavailable, true, 0, 200},
		{"endless", endless, providers.TooLarge, false, 0, 200},
		{"HTML", answerWith(200, html), providers.Unavailable, false, 0, 200},
		{"HTML 404", answerWith(404, html), providers.Unavailable, false, 0, 404},
		{"HTML 502", answerWith(502, html), providers.Unavailable, true, 0, 502},
		{"XML 403", answerWith(403, xml), providers.PermissionDenied, false, 0, 403},
		{"401", answerWith(401, ""), providers.Unauthenticated, false, 0, 401},
		{"429 for seconds", answerWith(429, "{}", "Retry-After", "7"), providers.Throttled, true, 7 * time.Second, 429},
		{"429 until", answerWith(429, "", date...), providers.Throttled, true, 7 * time.Second, 429},
		{"503", answerWith(503, "", "Retry-After", sentinel), providers.Unavailable, true, 0, 503},
		{"hostile code", answerWith(400, `{"__type":"`+sentinel+` text"}`), providers.Unavailable, false, 0, 400},
		{"hostile request id", answerWith(503, "", "X-Amzn-RequestId", sentinel+" text"), providers.Unavailable, true, 0, 503},
	}
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		for _, tt := range tests {
			t.Run(kind.Names[0]+" "+tt.name, func(t *testing.T) {
				cleanEnv(t)
				var calls atomic.Int32
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					calls.Add(1)
					tt.h(w, r)
				}))
				defer server.Close()
				err := readOne(t, openStore(t, kind, withKey(server.URL)), "/a", "").Err
				if codeOf(err) != tt.want || err.Retryable != tt.retry || err.After != tt.after || err.Status != tt.status {
					t.Errorf("Read() = %+v, want %s, retryable %t, after %s, status %d", err, tt.want, tt.retry, tt.after, tt.status)
				}
				if n := calls.Load(); n != 1 {
					t.Errorf("requests = %d, want 1", n)
				}
				notQuoted(t, err)
			})
		}
	}
}

func TestDeadline(t *testing.T) {
	cleanEnv(t)
	arrived, done := make(chan struct{}, 2), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-done
	}))
	defer server.Close()
	defer close(done)
	store := openStore(t, SecretsManager(), withKey(server.URL))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := store.Read(ctx, refs("/a"))[0].Err; codeOf(err) != providers.Timeout || !err.Retryable {
		t.Errorf("Read() after the deadline = %+v, want TIMEOUT, retryable", err)
	}
	<-arrived
	ctx, stop := context.WithCancel(t.Context())
	go func() { <-arrived; stop() }()
	if err := store.Read(ctx, refs("/a"))[0].Err; codeOf(err) != providers.Cancelled || err.Retryable {
		t.Errorf("Read() when cancelled = %+v, want CANCELLED", err)
	}
}

func TestRefused(t *testing.T) {
	cleanEnv(t)
	server := httptest.NewServer(nil)
	server.Close()
	err := readOne(t, openStore(t, ParameterStore(), withKey(server.URL)), "/a", "").Err
	if codeOf(err) != providers.Unavailable || !err.Refused || !err.Retryable {
		t.Errorf("Read() = %+v, want UNAVAILABLE, refused, retryable", err)
	}
}
