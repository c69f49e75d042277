package gate

import (
	"context"
	"errors"

	"om-secret-exec/internal/providers"
)

// Turn is the right to log in, which one caller has at a time.
type Turn[T comparable] struct {
	gate    *Gate[T]
	done    chan struct{}
	renewal bool

	// What came of it may be read when done is closed.
	value T
	err   *providers.Error
	// abandoned tells that nothing did: who had the turn was stopped.
	abandoned bool
}

// run logs in.
func (t *Turn[T]) run(ctx context.Context, login Login[T]) (value T, err *providers.Error) {
	// Unless login returns: others are waiting.
	err = &providers.Error{Code: providers.Internal, Message: "the login ended early"}
	defer func() { err = t.End(ctx, value, err) }()
	return login(ctx)
}

// End ends the turn with a value or an error, and gives the error for the one
// who had the turn. After Set it changes nothing.
func (t *Turn[T]) End(ctx context.Context, value T, err *providers.Error) *providers.Error {
	g := t.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn != t {
		return err
	}
	g.turn = nil
	defer close(t.done)
	t.value, t.err = value, err
	switch {
	case err == nil:
		g.accept(value)
		g.renewed = g.renewed || t.renewal
	case errors.Is(ctx.Err(), context.Canceled), err.Code == providers.Cancelled:
		t.abandoned = true
	case ctx.Err() != nil:
		// The end of one caller's time says little about the login: it is for
		// those who have been waiting as long.
	case err.Retryable:
		t.err = g.pause.begin(err, g.now())
	case t.renewal:
		g.renewed, g.refusal = true, err
	default:
		g.final = err
	}
	return t.err
}
