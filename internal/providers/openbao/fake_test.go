package openbao_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/openbao"
)

const sentinel = "S3NTINEL"

// fake is a server that answers by path, and keeps what it was asked.
type fake struct {
	*httptest.Server
	// answer gives status and body of the nth request (from 1) for a path.
	answer func(path string, r *http.Request, n int) (int, string)

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	asked    map[string]int
}

func serve(t *testing.T, answer func(path string, r *http.Request, n int) (int, string)) *fake {
	t.Helper()
	f := &fake{answer: answer, asked: map[string]int{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// always answers every path alike.
func always(status int, body string) func(string, *http.Request, int) (int, string) {
	return func(string, *http.Request, int) (int, string) { return status, body }
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/v1/")
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.requests = append(f.requests, r)
	f.bodies = append(f.bodies, string(body))
	f.asked[path]++
	n := f.asked[path]
	f.mu.Unlock()
	status, text := f.answer(path, r, n)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

// paths lists what was asked, in order.
func (f *fake) paths() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var paths []string
	for _, r := range f.requests {
		paths = append(paths, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/v1/"))
	}
	return paths
}

func (f *fake) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[path]
}

// settings are those of a token at address; more pairs of key and value win.
func settings(address string, pairs ...string) providers.Settings {
	s := providers.Settings{Provider: "openbao", Loader: "env", Values: map[string]providers.Setting{}}
	all := append([]string{"openbao_address", address, "openbao_mount", "secret", "openbao_token", sentinel + "-token"}, pairs...)
	for pair := range slices.Chunk(all, 2) {
		s.Values[pair[0]] = providers.Setting{Value: pair[1], Source: "variable X"}
	}
	return s
}

func openStore(t *testing.T, s providers.Settings) providers.Store {
	t.Helper()
	store, err := openbao.Kind().Open(t.Context(), s)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	return store
}

func read(ctx context.Context, t *testing.T, store providers.Store, id, version string) providers.Result {
	t.Helper()
	results := store.Read(ctx, []providers.Ref{{ID: id, Version: version}})
	if len(results) != 1 {
		t.Fatalf("Read(%q) has %d results, want 1", id, len(results))
	}
	if err := results[0].Err; err != nil {
		complete(t, err)
	}
	return results[0]
}

// complete checks what every failure must have, and must not.
func complete(t *testing.T, err *providers.Error) {
	t.Helper()
	text := fmt.Sprintf("%+v", *err)
	if strings.Contains(text, sentinel) {
		t.Errorf("the error %s holds the sentinel", text)
	}
	if err.Code != providers.Cancelled && err.Hint == "" || err.Message == "" || err.Place == "" {
		t.Errorf("the error %s lacks a message, a hint or a place", text)
	}
}

// value reads the entry "a", which must be there.
func value(t *testing.T, store providers.Store) string {
	t.Helper()
	r := read(t.Context(), t, store, "a", "")
	if r.Err != nil {
		t.Fatalf("Read() = %v, hint %s", r.Err, r.Err.Hint)
	}
	return string(r.Secret.Value)
}

// failsWith checks code and message of a failure.
func failsWith(t *testing.T, what string, err *providers.Error, code providers.Code, message string) {
	t.Helper()
	if err == nil || err.Code != code || !strings.Contains(err.Message, message) {
		t.Errorf("%s = %v, want %s with %q", what, err, code, message)
	}
}

// asError gives Open's error.
func asError(t *testing.T, err error) *providers.Error {
	t.Helper()
	var e *providers.Error
	if err != nil && !errors.As(err, &e) {
		t.Errorf("Open() gives %T, want *providers.Error", err)
	}
	return e
}

// entry is version 2's answer for an entry.
func entry(data string) string {
	return `{"request_id": "11111111-2222", "data": {"data": ` + data + `, "metadata": {"version": 3, "deletion_time": "", "destroyed": false}}}`
}
