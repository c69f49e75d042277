package openbao

import (
	"context"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
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

// access shares one token between all reads of a run: a refused secret id must
// not be tried once per reference, because the server locks it then.
type access struct {
	gate  gate.Gate[*grant]
	login login
	// finish completes a new grant.
	finish func(context.Context, *grant) *providers.Error
}

func newAccess(l login, finish func(context.Context, *grant) *providers.Error) *access {
	a := &access{login: l, finish: finish}
	a.gate.Stopped = func(ctx context.Context) *providers.Error {
		e, _ := rest.Explain(ctx, ctx.Err(), rest.Hints{Endpoint: keyAddress})
		e.Identity = l.who
		return e
	}
	return a
}

// enter gives the token, which the first caller gets by logging in.
func (a *access) enter(ctx context.Context) (*grant, *providers.Error) {
	g, _, err := a.gate.Get(ctx, a.log)
	return g, err
}

// renew gives a token to use instead of old, which was refused: the one that
// somebody else has got by now, or a new one, once. Both results are nil when
// there is no other.
func (a *access) renew(ctx context.Context, old *grant) (*grant, *providers.Error) {
	if !a.login.renewable {
		return nil, nil
	}
	g, err := a.gate.Renew(ctx, old, func(ctx context.Context) (*grant, *providers.Error) {
		g, err := a.log(ctx)
		if err == nil && g.token == old.token {
			return old, nil
		}
		return g, err
	})
	if err != nil || g == old {
		return nil, err
	}
	return g, nil
}

func (a *access) log(ctx context.Context) (*grant, *providers.Error) {
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
