package gate_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
)

// outcome is what one login comes to: a token, or an error.
type outcome struct {
	token string
	err   *providers.Error
}

var (
	down    = outcome{err: &providers.Error{Code: providers.Unavailable, Retryable: true}}
	refused = outcome{err: &providers.Error{Code: providers.Unauthenticated}}
)

// service is a token service whose logins take a second, and come to the
// outcomes in turn; the last one is for ever.
type service struct {
	gate.Gate[string]
	mu       sync.Mutex
	outcomes []outcome
	logins   int
}

func newService(outcomes ...outcome) *service {
	s := &service{outcomes: outcomes}
	s.Stopped = stopped
	return s
}

func stopped(ctx context.Context) *providers.Error {
	if ctx.Err() == context.Canceled {
		return &providers.Error{Code: providers.Cancelled}
	}
	return &providers.Error{Code: providers.Timeout, Retryable: true}
}

func (s *service) login(ctx context.Context) (string, *providers.Error) {
	s.mu.Lock()
	o := s.outcomes[min(s.logins, len(s.outcomes)-1)]
	s.logins++
	s.mu.Unlock()
	select {
	case <-time.After(time.Second):
		return o.token, o.err
	case <-ctx.Done():
		return "", stopped(ctx)
	}
}

func (s *service) get(ctx context.Context) (string, *providers.Error) {
	token, _, err := s.Get(ctx, s.login)
	return token, err
}

func codeOf(err *providers.Error) providers.Code {
	if err == nil {
		return ""
	}
	return err.Code
}

// Everybody has what comes of the one login. Later, only a failure that time can
// mend is tried again, and not at once.
func TestOneLogin(t *testing.T) {
	tests := []struct {
		name      string
		outcomes  []outcome
		first     providers.Code // for those who come together
		soon      providers.Code // for who comes just after it
		later     providers.Code
		logins    int
		wantToken string
	}{
		{"granted", []outcome{{token: "t"}}, "", "", "", 1, "t"},
		{"down", []outcome{down, {token: "t"}}, providers.Unavailable, providers.Unavailable, "", 2, "t"},
		{"refused", []outcome{refused, {token: "t"}}, providers.Unauthenticated, providers.Unauthenticated, providers.Unauthenticated, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newService(tt.outcomes...)
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						if _, err := s.get(t.Context()); codeOf(err) != tt.first {
							t.Errorf("Get() = %v, want code %q", err, tt.first)
						}
					})
				}
				wg.Wait()
				_, err := s.get(t.Context())
				if codeOf(err) != tt.soon || s.logins != 1 {
					t.Errorf("Get() just after = %v after %d logins, want %q after 1", err, s.logins, tt.soon)
				}
				if err != nil && (err.After > 0) != err.Retryable {
					t.Errorf("Get() just after waits %s, retryable %t", err.After, err.Retryable)
				}
				if err != nil {
					time.Sleep(err.After)
				}
				token, err := s.get(t.Context())
				if codeOf(err) != tt.later || s.logins != tt.logins || token != tt.wantToken {
					t.Errorf("Get() later = %q, %v after %d logins, want %q, %q after %d", token, err, s.logins, tt.wantToken, tt.later, tt.logins)
				}
			})
		})
	}
}

// The pauses follow the resolver's waits, and what the service asks for; a
// success ends the row.
func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asking := outcome{err: &providers.Error{Code: providers.Throttled, Retryable: true, After: 7 * time.Second}}
		dead := outcome{err: &providers.Error{Code: providers.Unavailable, Retryable: true, Refused: true}}
		s := newService(down, down, down, dead, asking, down, down, down, outcome{token: "t"}, down)
		s.Valid = func(string) bool { return false }
		var got []time.Duration
		for range 10 {
			_, err := s.get(t.Context())
			if err == nil {
				got = append(got, 0)
				continue
			}
			got = append(got, err.After/time.Millisecond)
			time.Sleep(err.After)
		}
		want := []time.Duration{100, 200, 400, 500, 7000, 2500, 2500, 2500, 0, 100}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("pauses = %d ms, want %d", got, want)
			}
		}
		if down.err.After != 0 {
			t.Error("the login's own error was changed")
		}
	})
}

// Who is stopped leaves the login to who waits; whose time is up shares that
// with those who have waited as long, and with nobody who comes later.
func TestEndOfContext(t *testing.T) {
	tests := []struct {
		name   string
		limit  func(context.Context) (context.Context, context.CancelFunc)
		waiter providers.Code
		logins int
	}{
		{"stopped", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, stop := context.WithCancel(ctx)
			time.AfterFunc(500*time.Millisecond, stop)
			return ctx, stop
		}, "", 2},
		{"time is up", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 500*time.Millisecond)
		}, providers.Timeout, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newService(outcome{token: "t"})
				ctx, stop := tt.limit(t.Context())
				defer stop()
				var wg sync.WaitGroup
				wg.Go(func() {
					if _, err := s.get(ctx); err == nil {
						t.Error("Get() gives a token after the end")
					}
				})
				synctest.Wait()
				wg.Go(func() {
					if _, err := s.get(t.Context()); codeOf(err) != tt.waiter {
						t.Errorf("Get() of who waits = %v, want code %q", err, tt.waiter)
					}
				})
				short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if _, err := s.get(short); codeOf(err) != providers.Timeout {
					t.Errorf("Get() of who waits less = %v, want TIMEOUT", err)
				}
				wg.Wait()
				if token, err := s.get(t.Context()); token != "t" || s.logins != tt.logins {
					t.Errorf("Get() later = %q, %v after %d logins, want the token after %d", token, err, s.logins, tt.logins)
				}
			})
		})
	}
}
