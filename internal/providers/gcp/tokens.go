package gcp

import (
	"context"
	"sync"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
)

// tokens shares one access token between all reads. While it is being fetched,
// the others wait for it; a login that cannot succeed is not tried again.
type tokens struct {
	fetch func(ctx context.Context) (*oauth2.Token, *providers.Error)

	mu     sync.Mutex
	token  *oauth2.Token
	final  *providers.Error // why no login will succeed
	flight *flight          // the login in progress, or nil
}

// flight is a login in progress. Its fields may be read when done is closed.
type flight struct {
	done  chan struct{}
	token *oauth2.Token
	err   *providers.Error
	// abandoned tells that the login ended with the context of who made it.
	abandoned bool
}

// get gives a valid token, and tells whether it was fetched just now.
func (t *tokens) get(ctx context.Context) (token *oauth2.Token, fresh bool, err *providers.Error) {
	for {
		t.mu.Lock()
		if t.token.Valid() || t.final != nil {
			defer t.mu.Unlock()
			return t.token, false, t.final
		}
		f, mine := t.flight, false
		if f == nil {
			f, mine = &flight{done: make(chan struct{})}, true
			t.flight = f
		}
		t.mu.Unlock()
		if mine {
			// Beside us, because the library waits for a credentials program
			// whatever ctx says.
			go t.land(ctx, f)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, false, errStopped(ctx)
		}
		if !f.abandoned || ctx.Err() != nil {
			return f.token, true, f.err
		}
	}
}

// land makes the login of a flight.
func (t *tokens) land(ctx context.Context, f *flight) {
	f.err = errNoToken() // unless fetch returns
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.token, t.flight = f.token, nil
		if f.err != nil && !f.err.Retryable && !f.abandoned {
			t.final = f.err
		}
		close(f.done)
	}()
	f.token, f.err = t.fetch(ctx)
	f.abandoned = f.err != nil && ctx.Err() != nil
}

// drop forgets a token that the service does not accept any more.
func (t *tokens) drop(token *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = nil
	}
}
