package gate_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"om-secret-exec/internal/providers"
)

// A value that is refused is replaced by one login, however many it is refused
// for, and once.
func TestRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(outcome{token: "a"}, outcome{token: "b"}, outcome{token: "c"})
		old, _ := s.get(t.Context())
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if token, err := s.Renew(t.Context(), old, s.login); token != "b" || err != nil {
					t.Errorf("Renew() = %q, %v, want b", token, err)
				}
			})
		}
		synctest.Wait()
		if token, err := s.get(t.Context()); token != "b" || err != nil {
			t.Errorf("Get() during a renewal = %q, %v, want b", token, err)
		}
		wg.Wait()
		if token, err := s.Renew(t.Context(), "b", s.login); token != "b" || err != nil || s.logins != 2 {
			t.Errorf("Renew() again = %q, %v after %d logins, want the same after 2", token, err, s.logins)
		}
		if token, err := s.Renew(t.Context(), old, s.login); token != "b" || err != nil {
			t.Errorf("Renew() of the first = %q, %v, want b", token, err)
		}
	})
}

// A renewal that fails leaves the value in force. Everybody who wants it renewed
// is told why; what time can mend is tried again later.
func TestRenewFails(t *testing.T) {
	tests := []struct {
		name   string
		second outcome
		code   providers.Code
		later  string
		logins int
	}{
		{"refused", refused, providers.Unauthenticated, "a", 2},
		{"down", down, providers.Unavailable, "c", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newService(outcome{token: "a"}, tt.second, outcome{token: "c"})
				old, _ := s.get(t.Context())
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						if token, err := s.Renew(t.Context(), old, s.login); token != old || codeOf(err) != tt.code {
							t.Errorf("Renew() = %q, %v, want the old one and %s", token, err, tt.code)
						}
					})
				}
				synctest.Wait()
				if token, err := s.get(t.Context()); token != old || err != nil {
					t.Errorf("Get() during the renewal = %q, %v, want the old one", token, err)
				}
				wg.Wait()
				if _, err := s.Renew(t.Context(), old, s.login); codeOf(err) != tt.code || s.logins != 2 {
					t.Errorf("Renew() just after = %v after %d logins, want %s after 2", err, s.logins, tt.code)
				}
				time.Sleep(time.Minute)
				if token, _ := s.Renew(t.Context(), old, s.login); token != tt.later || s.logins != tt.logins {
					t.Errorf("Renew() later = %q after %d logins, want %q after %d", token, s.logins, tt.later, tt.logins)
				}
			})
		})
	}
}
