package gcp

import (
	"context"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
)

// tokens shares one access token between all reads.
type tokens struct {
	gate.Gate[*oauth2.Token]
	fetch gate.Login[*oauth2.Token]
}

func newTokens(fetch gate.Login[*oauth2.Token]) *tokens {
	t := &tokens{fetch: fetch}
	t.Stopped, t.Valid = errStopped, (*oauth2.Token).Valid
	return t
}

// get gives a valid token, and tells whether it was fetched just now.
func (t *tokens) get(ctx context.Context) (token *oauth2.Token, fresh bool, err *providers.Error) {
	return t.Get(ctx, t.fetch)
}

// renew gives a token in place of one that the service does not accept, once.
func (t *tokens) renew(ctx context.Context, old *oauth2.Token) (*oauth2.Token, *providers.Error) {
	return t.Renew(ctx, old, t.fetch)
}

// beside makes a login that ends with its context, whatever the one that it is
// made of does: the library waits for a credentials program to its end.
func beside(fetch gate.Login[*oauth2.Token]) gate.Login[*oauth2.Token] {
	type result struct {
		token *oauth2.Token
		err   *providers.Error
	}
	return func(ctx context.Context) (*oauth2.Token, *providers.Error) {
		done := make(chan result, 1)
		go func() {
			token, err := fetch(ctx)
			done <- result{token, err}
		}()
		select {
		case r := <-done:
			return r.token, r.err
		case <-ctx.Done():
			return nil, errStopped(ctx)
		}
	}
}
