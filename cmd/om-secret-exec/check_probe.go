package main

import (
	"context"

	"om-secret-exec/internal/providers"
)

// prober makes a store's questions about existence look like reads, which gives
// them the resolver's parallelism, retries and time limits. What it gives for a
// secret that is there is an empty value.
type prober struct{ providers.Prober }

// openProber opens a store to ask it whether secrets are there.
func openProber(ctx context.Context, l *lookups, name string) (providers.Store, error) {
	store, err := l.open(ctx, name)
	if err != nil {
		return nil, err
	}
	if p, ok := store.(providers.Prober); ok {
		return prober{p}, nil
	}
	return prober{silent(l.store(name).Kind.Title)}, nil
}

// Plan implements [providers.Store].
func (prober) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read implements [providers.Store].
func (p prober) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		results[i] = providers.Result{Secret: providers.Secret{Value: []byte{}}, Err: p.Probe(ctx, ref)}
	}
	return results
}

// silent is the title of a store that has no such question.
type silent string

// Probe implements [providers.Prober] without asking anybody.
func (s silent) Probe(context.Context, providers.Ref) *providers.Error {
	return &providers.Error{
		Code: providers.UnsupportedProvider, Message: "the store does not tell whether a secret is there", Place: string(s),
		Hint: "--online=read reads the secret and throws the value away",
	}
}
