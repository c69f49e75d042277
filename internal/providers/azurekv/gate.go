package azurekv

import (
	"context"
	"slices"
	"sync"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// gate lets one read go ahead of all others until there is a token. Without it,
// each of a round of parallel reads would ask the vault where to log in, and,
// if the login fails, log in.
type gate struct {
	mu   sync.Mutex
	open bool
	lead *lead
	// failed is a failure that neither time nor another reference mends.
	failed *providers.Error
}

// lead is the read that goes ahead.
type lead struct {
	done chan struct{}
	err  *providers.Error
}

// enter waits until the way is free, or gives the caller the lead: then it has
// to call leave. An error is the failure of who went ahead, or the end of ctx.
func (g *gate) enter(ctx context.Context) (*lead, *providers.Error) {
	g.mu.Lock()
	if g.open || g.failed != nil {
		defer g.mu.Unlock()
		return nil, g.failed
	}
	if g.lead == nil {
		defer g.mu.Unlock()
		g.lead = &lead{done: make(chan struct{})}
		return g.lead, nil
	}
	l := g.lead
	g.mu.Unlock()
	select {
	case <-l.done:
		return nil, l.err
	case <-ctx.Done():
		err, _ := rest.Explain(ctx, ctx.Err(), rest.Hints{Endpoint: keyVault, CA: caHint})
		return nil, err
	}
}

// leave ends the lead with what came of it. Failures that are not about the one
// reference are those of everybody who waited.
func (g *gate) leave(l *lead, err *providers.Error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lead != l {
		return // there is a token, and others are on their way
	}
	if err == nil || !meetsEveryone(err.Code) {
		g.open = true
	} else {
		l.err = err
		if !err.Retryable && err.Code != providers.Cancelled {
			g.failed = err
		}
	}
	g.lead = nil
	close(l.done)
}

// unlock lets everybody through: there is a token.
func (g *gate) unlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
	if g.lead != nil {
		close(g.lead.done)
		g.lead = nil
	}
}

func meetsEveryone(code providers.Code) bool {
	return slices.Contains([]providers.Code{
		providers.Unauthenticated, providers.Config, providers.TLS, providers.Policy,
		providers.Timeout, providers.Unavailable, providers.Throttled, providers.Cancelled, providers.TooLarge,
	}, code)
}
