package openbao

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"om-secret-exec/internal/providers"
)

// slowLogin takes a second, and gives the results in turn, the last one for ever.
func slowLogin(results ...*providers.Error) (*access, *int) {
	n := 0
	get := func(ctx context.Context) (*grant, *providers.Error) {
		err := results[min(n, len(results)-1)]
		n++
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, &providers.Error{Code: providers.Timeout}
		}
		if err != nil {
			e := *err
			return nil, &e
		}
		return &grant{token: "t"}, nil
	}
	return newAccess(login{get: get, who: "we"}, func(context.Context, *grant) *providers.Error { return nil }), &n
}

// Who waits for a login that fails has its failure, and makes none of its own;
// who comes later tries again if time can mend it.
func TestWaitersShareALogin(t *testing.T) {
	down := &providers.Error{Code: providers.Unavailable, Retryable: true}
	refused := &providers.Error{Code: providers.Unauthenticated}
	tests := []struct {
		name    string
		results []*providers.Error
		waiters providers.Code
		later   providers.Code
		logins  int
	}{
		{"granted", []*providers.Error{nil}, "", "", 1},
		{"down", []*providers.Error{down, nil}, providers.Unavailable, "", 2},
		{"refused", []*providers.Error{refused, nil}, providers.Unauthenticated, providers.Unauthenticated, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, n := slowLogin(tt.results...)
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						if _, err := a.enter(t.Context()); codeOf(err) != tt.waiters || err != nil && err.Identity != "we" {
							t.Errorf("enter() = %+v, want code %q", err, tt.waiters)
						}
					})
				}
				wg.Wait()
				if _, err := a.enter(t.Context()); codeOf(err) != tt.waiters || *n != 1 {
					t.Errorf("enter() just after = %v after %d logins, want code %q after 1", err, *n, tt.waiters)
				}
				time.Sleep(time.Second)
				if _, err := a.enter(t.Context()); codeOf(err) != tt.later || *n != tt.logins {
					t.Errorf("enter() later = %v after %d logins, want %q after %d", err, *n, tt.later, tt.logins)
				}
			})
		})
	}
}

// The end of one caller's time neither holds up nor spoils the others.
func TestLoginOutlivesACaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, n := slowLogin(nil)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.enter(t.Context()); err != nil {
				t.Errorf("enter() = %v", err)
			}
		})
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := a.enter(short); codeOf(err) != providers.Timeout || time.Since(start) != time.Millisecond {
			t.Errorf("enter() = %v after %s, want TIMEOUT after 1ms", err, time.Since(start))
		}
		wg.Wait()
		if g, err := a.enter(t.Context()); err != nil || g.token != "t" || *n != 1 {
			t.Errorf("enter() = %v after %d logins, want the token after 1", err, *n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a, n := slowLogin(nil)
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := a.enter(short); codeOf(err) != providers.Timeout {
			t.Errorf("enter() = %v, want TIMEOUT", err)
		}
		if _, err := a.enter(t.Context()); err != nil || *n != 2 {
			t.Errorf("enter() = %v after %d logins, want the token after 2", err, *n)
		}
	})
}

func codeOf(err *providers.Error) providers.Code {
	if err == nil {
		return ""
	}
	return err.Code
}

// FuzzPath holds that an id that is accepted is asked for as one path below the
// mount, whatever it holds.
func FuzzPath(f *testing.F) {
	for _, id := range []string{"a/b", "/a", "..", "a/../b", "a%2F..%2Fb", "a?b#c", "%", "a b", "é", "a//b", ".../x", "a;b", "\\..\\"} {
		f.Add(id)
	}
	c := &client{base: &url.URL{Scheme: "https", Host: "bao.test", Path: "/prefix"}}
	f.Fuzz(func(t *testing.T, id string) {
		if checkID(id) != nil {
			return
		}
		text := c.url(request{path: "secret/data/" + entryPath(id)})
		u, err := url.Parse(text)
		if err != nil || u.Host != "bao.test" || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("id %q makes %q, %v", id, text, err)
		}
		want := "/prefix/v1/secret/data/" + strings.TrimLeft(id, "/")
		if u.Path != want || strings.Count(u.EscapedPath(), "/") != strings.Count(want, "/") {
			t.Errorf("id %q asks for %q (%q), want %q", id, u.Path, text, want)
		}
	})
}
