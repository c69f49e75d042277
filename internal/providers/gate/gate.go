// Package gate lets one read at a time log in, and gives all others what comes
// of it.
//
// A round of parallel reads starts without a token. If each of them logged in, a
// secret id with few uses would be used up, a wrong password would lock the
// account, and a token service that is down would be asked by every reference
// again and again.
package gate

import (
	"context"
	"sync"
	"time"

	"om-secret-exec/internal/providers"
)

// Gate shares one value that a login gives, such as a token. Its fields are set
// before it is used; the methods are safe for concurrent use.
type Gate[T comparable] struct {
	// Stopped explains the end of the context of who waits for another's login.
	Stopped func(context.Context) *providers.Error
	// Valid tells whether a value can be used still; nil means that it always
	// can.
	Valid func(T) bool
	// Now is the clock; nil is the real one.
	Now func() time.Time

	mu    sync.Mutex
	value T
	known bool     // that there is a value
	turn  *Turn[T] // of who is logging in, or nil
	// final is why no login will succeed.
	final *providers.Error
	pause pause
	// renewed tells that the one renewal is used up, and refusal why it gave
	// nothing.
	renewed bool
	refusal *providers.Error
}

// Login fetches a value. It ends with its context.
type Login[T any] func(context.Context) (T, *providers.Error)

// Get gives the value, which one caller gets by logging in; fresh tells that
// this was since Get was called. A failure that time cannot mend is given to
// every later caller, too. One that it can mend is given to all who wait for it
// and, for a moment, to who comes later: its After is the rest of that moment,
// so that all try again together.
func (g *Gate[T]) Get(ctx context.Context, login Login[T]) (value T, fresh bool, err *providers.Error) {
	turn, value, fresh, err := g.enter(ctx)
	if turn != nil {
		value, err = turn.run(ctx, login)
	}
	return value, fresh, err
}

// Enter waits until there is a value, or gives the caller the turn to log in,
// whose End must be called. It is for logins that are part of something else.
func (g *Gate[T]) Enter(ctx context.Context) (*Turn[T], *providers.Error) {
	turn, _, _, err := g.enter(ctx)
	return turn, err
}

func (g *Gate[T]) enter(ctx context.Context) (turn *Turn[T], value T, fresh bool, err *providers.Error) {
	for {
		g.mu.Lock()
		turn = g.turn
		if turn == nil {
			defer g.mu.Unlock()
			switch {
			case g.final != nil:
				return nil, value, false, g.final
			case g.known && (g.Valid == nil || g.Valid(g.value)):
				return nil, g.value, false, nil
			}
			if err := g.pause.rest(g.now()); err != nil {
				return nil, value, false, err
			}
			if ctx.Err() != nil {
				return nil, value, false, g.Stopped(ctx)
			}
			return g.begin(), value, true, nil
		}
		g.mu.Unlock()
		if err := g.wait(ctx, turn); err != nil {
			return nil, value, false, err
		}
		// What a failed renewal was for is still in force.
		if !turn.abandoned && (turn.err == nil || !turn.renewal) {
			return nil, turn.value, true, turn.err
		}
	}
}

// Renew gives a value to use instead of old, which was refused: the one that
// somebody else has got by now, or a new one, once. It gives old when there is
// no other. A failure leaves old in force, for it may be good for other
// requests; it is given to everybody whose old value is refused.
func (g *Gate[T]) Renew(ctx context.Context, old T, login Login[T]) (T, *providers.Error) {
	for {
		g.mu.Lock()
		turn := g.turn
		if turn == nil {
			value, err, known := g.instead(old)
			if !known {
				turn = g.begin()
				turn.renewal = true
			}
			g.mu.Unlock()
			if known {
				return value, err
			}
			value, err = turn.run(ctx, login)
			if err != nil {
				return old, err
			}
			return value, nil
		}
		g.mu.Unlock()
		if err := g.wait(ctx, turn); err != nil {
			return old, err
		}
		if turn.err != nil && !turn.abandoned {
			return old, turn.err
		}
	}
}

// instead is what Renew gives without a login, if it can.
func (g *Gate[T]) instead(old T) (T, *providers.Error, bool) {
	switch {
	case g.final != nil:
		return old, g.final, true
	case g.known && g.value != old:
		return g.value, nil, true
	case g.renewed:
		return old, g.refusal, true
	}
	err := g.pause.rest(g.now())
	return old, err, err != nil
}

// Set makes a value known, and lets everybody who waits go on with it.
func (g *Gate[T]) Set(value T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accept(value)
	if t := g.turn; t != nil {
		t.value, g.turn = value, nil
		close(t.done)
	}
}

func (g *Gate[T]) accept(value T) {
	g.value, g.known, g.pause = value, true, pause{}
}

func (g *Gate[T]) begin() *Turn[T] {
	g.turn = &Turn[T]{gate: g, done: make(chan struct{})}
	return g.turn
}

func (g *Gate[T]) wait(ctx context.Context, turn *Turn[T]) *providers.Error {
	select {
	case <-turn.done:
		return nil
	case <-ctx.Done():
		return g.Stopped(ctx)
	}
}

func (g *Gate[T]) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}
