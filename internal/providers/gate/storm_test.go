package gate_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
	"om-secret-exec/internal/resolver"
)

// store is one whose login takes some milliseconds.
type store struct {
	gate.Gate[string]
	logins int
	fail   func(login int) *providers.Error
}

func (s *store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

func (s *store) Read(ctx context.Context, _ []providers.Ref) []providers.Result {
	_, _, err := s.Get(ctx, func(context.Context) (string, *providers.Error) {
		s.logins++
		time.Sleep(5 * time.Millisecond)
		return "token", s.fail(s.logins)
	})
	return []providers.Result{{Err: err, Secret: providers.Secret{Value: []byte("v")}}}
}

// While the token service is down, many references ask it hardly more often than
// one does, and they are as soon there when it is up again.
func TestNoStorm(t *testing.T) {
	later := &providers.Error{Code: providers.Unavailable, Retryable: true}
	tests := []struct {
		name string
		refs int
		fail func(login int) *providers.Error
		most int
		good bool
	}{
		{"one, down", 1, func(int) *providers.Error { return later }, 6, false},
		{"12, down", 12, func(int) *providers.Error { return later }, 9, false},
		{"100, down", 100, func(int) *providers.Error { return later }, 9, false},
		{"1000, down", 1000, func(int) *providers.Error { return later }, 9, false},
		{"100, up again", 100, func(n int) *providers.Error {
			if n > 3 {
				return nil
			}
			return later
		}, 4, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &store{fail: tt.fail}
				s.Stopped = stopped
				var wants []resolver.Want
				for i := range tt.refs {
					wants = append(wants, resolver.Want{Ref: providers.Ref{ID: fmt.Sprint(i)}})
				}
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				outcomes, _ := resolver.Resolve(ctx, wants, resolver.Options{
					Open: func(context.Context, string) (providers.Store, error) { return s, nil },
				})
				for i, o := range outcomes {
					if (o.Err == nil) != tt.good {
						t.Fatalf("outcome %d = %v, want success: %t", i, o.Err, tt.good)
					}
				}
				if s.logins > tt.most {
					t.Errorf("%d references made %d logins, want at most %d", tt.refs, s.logins, tt.most)
				}
			})
		})
	}
}
