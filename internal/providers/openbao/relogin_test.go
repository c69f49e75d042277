package openbao_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"om-secret-exec/internal/providers"
)

// together reads n entries at the same time.
func together(t *testing.T, store providers.Store, n int) []*providers.Error {
	t.Helper()
	errs := make([]*providers.Error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = store.Read(t.Context(), []providers.Ref{{ID: fmt.Sprintf("e%d", i)}})[0].Err })
	}
	wg.Wait()
	return errs
}

func TestManyReadsLogInOnce(t *testing.T) {
	f := serve(t, withLogins(""))
	for _, err := range together(t, openStore(t, appRole(f.URL)), 20) {
		if err != nil {
			t.Errorf("Read() = %v", err)
		}
	}
	if f.count(appRolePath) != 1 || len(f.requests) != 21 {
		t.Errorf("%d logins in %d requests, want 1 in 21", f.count(appRolePath), len(f.requests))
	}
}

// A secret id that is refused is tried once, or the server locks the role.
func TestManyReadsFailOnce(t *testing.T) {
	f := serve(t, always(http.StatusBadRequest, `{"errors":["invalid role or secret ID"]}`))
	for _, err := range together(t, openStore(t, appRole(f.URL)), 20) {
		failsWith(t, "Read()", err, providers.Unauthenticated, "refused")
	}
	if len(f.requests) != 1 {
		t.Errorf("%d logins, want 1", len(f.requests))
	}
}

// A token that expires in the middle of a run is replaced by one login, however
// many reads it was refused for.
func TestExpiredToken(t *testing.T) {
	f := serve(t, withLogins(plainRefusal, "-1"))
	for _, err := range together(t, openStore(t, appRole(f.URL)), 20) {
		if err != nil {
			t.Errorf("Read() = %v", err)
		}
	}
	if got := f.count(appRolePath); got != 2 {
		t.Errorf("%d logins, want 2", got)
	}
}

func TestLogsInAgainOnce(t *testing.T) {
	f := serve(t, withLogins(plainRefusal, "-1", "-2"))
	store := openStore(t, appRole(f.URL))
	for range 3 {
		err := read(t.Context(), t, store, "a", "").Err
		failsWith(t, "Read()", err, providers.Unauthenticated, "does not know the token")
	}
	if f.count(appRolePath) != 2 || f.count(data+"a") != 4 {
		t.Errorf("%d logins, %d reads, want 2 and 4", f.count(appRolePath), f.count(data+"a"))
	}
}

// With a secret id for one use, the second login fails. What the first token may
// read is read all the same, and the denial is told.
func TestDeniedWithSingleUse(t *testing.T) {
	f := serve(t, func(path string, _ *http.Request, n int) (int, string) {
		switch {
		case path == appRolePath && n == 1:
			return http.StatusOK, fmt.Sprintf(loginReply, n, n)
		case path == appRolePath:
			return http.StatusBadRequest, `{"errors":["invalid role or secret ID"]}`
		case path == data+"denied":
			return http.StatusForbidden, policyDenial
		}
		return http.StatusOK, entry(`{"value": "v"}`)
	})
	store := openStore(t, appRole(f.URL))
	failsWith(t, "Read(denied)", read(t.Context(), t, store, "denied", "").Err, providers.PermissionDenied, "not allowed")
	value(t, store)
	if got := f.count(appRolePath); got != 2 {
		t.Errorf("%d logins, want 2", got)
	}
}

// When the token itself is refused, why there is no other is what counts.
func TestExpiredWithSingleUse(t *testing.T) {
	f := serve(t, func(path string, _ *http.Request, n int) (int, string) {
		if path == appRolePath && n == 1 {
			return http.StatusOK, fmt.Sprintf(loginReply, n, n)
		}
		if path == appRolePath {
			return http.StatusBadRequest, `{"errors":["invalid role or secret ID"]}`
		}
		return http.StatusForbidden, plainRefusal
	})
	err := read(t.Context(), t, openStore(t, appRole(f.URL)), "a", "").Err
	failsWith(t, "Read()", err, providers.Unauthenticated, "the token is no longer valid; logging in: the role id or the secret id is refused")
}

func TestFixedTokenIsNotTriedTwice(t *testing.T) {
	f := serve(t, always(http.StatusForbidden, plainRefusal))
	read(t.Context(), t, openStore(t, settings(f.URL)), "a", "")
	if len(f.requests) != 1 {
		t.Errorf("%d requests, want 1", len(f.requests))
	}
}

func TestLoginEndsWithContext(t *testing.T) {
	f := serve(t, func(string, *http.Request, int) (int, string) { return http.StatusOK, fmt.Sprintf(loginReply, 1, 1) })
	store := openStore(t, appRole(f.URL))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	failsWith(t, "Read() after the end", read(ctx, t, store, "a", "").Err, providers.Cancelled, "stopped")
	if got := f.count(appRolePath); got != 0 {
		t.Errorf("%d logins after the end, want 0", got)
	}
}
