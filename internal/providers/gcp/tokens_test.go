package gcp

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
)

// A read that waits for another's login makes one of its own, when the other
// is stopped.
func TestWaiterOutlivesLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		shared := newTokens(func(ctx context.Context) (*oauth2.Token, *providers.Error) {
			if logins++; logins > 1 {
				return &oauth2.Token{AccessToken: "second"}, nil
			}
			<-ctx.Done()
			return nil, errStopped(ctx)
		})
		first, stop := context.WithCancel(t.Context())
		go func() {
			if _, _, err := shared.get(first); err == nil || err.Code != providers.Cancelled {
				t.Errorf("get() when stopped = %v, want CANCELLED", err)
			}
		}()
		synctest.Wait()
		go func() {
			if token, fresh, err := shared.get(t.Context()); err != nil || !fresh || token.AccessToken != "second" {
				t.Errorf("get() of who waited = %v, %t, %v, want the second login's", token, fresh, err)
			}
		}()
		synctest.Wait()
		stop()
		synctest.Wait()
		if token, fresh, err := shared.get(t.Context()); err != nil || fresh || token.AccessToken != "second" {
			t.Errorf("get() after that = %v, %t, %v, want the shared token", token, fresh, err)
		}
	})
}

// While the token service is down, who comes after a failed login has its failure
// for a moment, and logs in later.
func TestLoginIsDown(t *testing.T) {
	w := newWorld(t)
	w.Break("oauth2.googleapis.com", text(http.StatusServiceUnavailable, ""))
	st := w.keyed(t)
	now := time.Now()
	st.tokens.Now = func() time.Time { return now }
	for range 20 {
		if _, err := read(t, st, "db", ""); err == nil || err.Code != providers.Unavailable || !err.Retryable {
			t.Errorf("Read() = %+v, want a retryable UNAVAILABLE", err)
		}
	}
	if asked := w.asked(t); asked != strings.TrimSpace(askToken) {
		t.Errorf("asked\n%s\nwant one login", asked)
	}
	w.Break("oauth2.googleapis.com", nil)
	now = now.Add(time.Second)
	if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
		t.Errorf("Read() later = %q, want the value", got)
	}
}

// A read that waits for a program that does not end goes on without it.
func TestLoginThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		shared := newTokens(beside(func(context.Context) (*oauth2.Token, *providers.Error) {
			<-hang // whatever its context says
			return nil, nil
		}))
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			if _, _, err := shared.get(ctx); err == nil || err.Code != providers.Timeout || time.Since(start) != time.Second {
				t.Errorf("get() = %v after %s, want TIMEOUT after 1s", err, time.Since(start))
			}
			cancel()
		}
		close(hang)
	})
}
