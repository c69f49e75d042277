package openbao

import (
	"context"
	"sync/atomic"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// grant is a token in use.
type grant struct {
	token string
	// identity is what messages say about who asks. It holds no secret.
	identity string
	// kv is the version of the key-value engine.
	kv string
}

// login is one way to get a token.
type login struct {
	// get fetches the token, from the server or a file.
	get func(context.Context) (*grant, *providers.Error)
	// who is known about the identity before that.
	who string
	// renewable tells that get may give another token the next time.
	renewable bool
}

// access shares one token between all reads of a run. One goroutine at a time
// logs in, and the others wait for what it gets: a refused secret id must not be
// tried once per reference, because the server locks it then.
type access struct {
	login login
	// finish completes a new grant.
	finish func(context.Context, *grant) *providers.Error
	// turn holds one element; who has it may use the fields below.
	turn    chan struct{}
	grant   *grant
	last    *providers.Error // of the last attempt
	renewed bool
	// attempts counts logins.
	attempts atomic.Int64
}

func newAccess(l login, finish func(context.Context, *grant) *providers.Error) *access {
	return &access{login: l, finish: finish, turn: make(chan struct{}, 1)}
}

// enter gives the token, which the first caller gets by logging in. A failure
// that time cannot mend is given to every later caller, too; one that it can
// mend, to those who were waiting.
func (a *access) enter(ctx context.Context) (*grant, *providers.Error) {
	seen := a.attempts.Load()
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.unlock()
	if a.grant != nil {
		return a.grant, nil
	}
	if a.last != nil && (!a.last.Retryable || a.attempts.Load() != seen) {
		return nil, a.last
	}
	a.grant, a.last = a.log(ctx)
	return a.grant, a.last
}

// renew gives a token to use instead of old, which was refused: the one that
// somebody else has got by now, or a new one, once. Both results are nil when
// there is no other. A failure leaves the old token in force, for it may be
// good for other entries.
func (a *access) renew(ctx context.Context, old *grant) (*grant, *providers.Error) {
	if !a.login.renewable {
		return nil, nil
	}
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.unlock()
	if a.grant != old {
		return a.grant, nil
	}
	if a.renewed {
		return nil, nil
	}
	a.renewed = true
	g, err := a.log(ctx)
	if err != nil || g.token == old.token {
		return nil, err
	}
	a.grant = g
	return g, nil
}

func (a *access) log(ctx context.Context) (*grant, *providers.Error) {
	defer a.attempts.Add(1)
	g, err := a.login.get(ctx)
	if err == nil {
		err = a.finish(ctx, g)
	}
	if err == nil {
		return g, nil
	}
	if ctx.Err() != nil {
		// The end of one caller's time says nothing about the login.
		err.Retryable = true
	}
	if err.Identity == "" {
		err.Identity = a.login.who
	}
	return nil, err
}

func (a *access) lock(ctx context.Context) *providers.Error {
	select {
	case a.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		e, _ := rest.Explain(ctx, ctx.Err(), rest.Hints{Endpoint: keyAddress})
		e.Identity = a.login.who
		return e
	}
}

func (a *access) unlock() { <-a.turn }
