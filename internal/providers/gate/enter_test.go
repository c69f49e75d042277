package gate_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"om-secret-exec/internal/providers"
)

// A login that does not return keeps nobody waiting.
func TestPanic(t *testing.T) {
	s := newService()
	func() {
		defer func() { _ = recover() }()
		_, _, _ = s.Get(t.Context(), func(context.Context) (string, *providers.Error) { panic("no") })
	}()
	if _, err := s.get(t.Context()); codeOf(err) != providers.Internal {
		t.Errorf("Get() after a panic = %v, want INTERNAL", err)
	}
}

// With Enter the login is part of something else; Set lets the others go on
// before that ends.
func TestEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		turn, err := s.Enter(t.Context())
		if turn == nil || err != nil {
			t.Fatalf("Enter() = %v, %v, want the turn", turn, err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			if turn, err := s.Enter(t.Context()); turn != nil || err != nil {
				t.Errorf("Enter() of who waits = %v, %v, want free way", turn, err)
			}
		})
		synctest.Wait()
		s.Set("t")
		wg.Wait()
		if err := turn.End(t.Context(), "", refused.err); err != refused.err {
			t.Errorf("End() = %v, want its own error", err)
		}
		if token, err := s.get(t.Context()); token != "t" || err != nil {
			t.Errorf("Get() = %q, %v, want what was set", token, err)
		}
	})
}
