package gcp

import (
	"context"
	"testing"
	"testing/synctest"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
)

// A read that waits for another's login makes one of its own, when the other
// is stopped.
func TestWaiterOutlivesLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		shared := &tokens{fetch: func(ctx context.Context) (*oauth2.Token, *providers.Error) {
			if logins++; logins > 1 {
				return &oauth2.Token{AccessToken: "second"}, nil
			}
			<-ctx.Done()
			return nil, errStopped(ctx)
		}}
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

// A login that may succeed later is made again, one that cannot is not.
func TestFinalLogin(t *testing.T) {
	for _, retryable := range []bool{true, false} {
		logins := 0
		shared := &tokens{fetch: func(context.Context) (*oauth2.Token, *providers.Error) {
			logins++
			return nil, &providers.Error{Code: providers.Unavailable, Retryable: retryable}
		}}
		for range 2 {
			if _, _, err := shared.get(t.Context()); err == nil {
				t.Error("get() gives a token, want an error")
			}
		}
		if (logins == 2) != retryable {
			t.Errorf("logins = %d, with an error that is retryable: %t", logins, retryable)
		}
	}
}
