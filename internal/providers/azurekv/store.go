package azurekv

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
	"om-secret-exec/internal/providers/rest"
)

// store is one vault, read with one credential.
type store struct {
	place  place
	login  *login
	client *azsecrets.Client
	// gate lets one read go ahead of all others until there is a token, for the
	// SDK logs in as part of a read. Without it, each of a round of parallel
	// reads would ask the vault where to log in, too.
	gate gate.Gate[struct{}]
	// now is the clock that doctor compares with the vault's; nil is the real one.
	now func() time.Time
}

var (
	_ providers.Store    = (*store)(nil)
	_ providers.Examiner = (*store)(nil)
	_ providers.Prober   = (*store)(nil)
)

// open makes a store that connects by transport. Its errors have code CONFIG.
func open(s providers.Settings, transport *http.Transport) (*store, *providers.Error) {
	where, err := locate(s)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(s)
	if err != nil {
		return nil, err
	}
	log.SetListener(nil) // AZURE_SDK_GO_LOGGING would print what servers answer
	client := newClient(transport, where.host)
	fresh, err := chosen.maker(where, client)
	if err != nil {
		return nil, err
	}
	st := &store{place: where}
	st.gate.Stopped = func(ctx context.Context) *providers.Error {
		e, _ := rest.Explain(ctx, ctx.Err(), rest.Hints{Endpoint: keyVault, CA: caHint})
		return e
	}
	st.login = &login{credential: chosen, make: fresh, got: func() { st.gate.Set(struct{}{}) }}
	data, broken := azsecrets.NewClient(where.url(), st.login, &azsecrets.ClientOptions{
		ClientOptions: azcore.ClientOptions{
			Transport: client,
			Retry:     policy.RetryOptions{MaxRetries: -1}, // none: the resolver repeats
			Telemetry: policy.TelemetryOptions{ApplicationID: s.UserAgent},
		},
		DisableChallengeResourceVerification: where.foreign,
	})
	if broken != nil {
		return nil, &providers.Error{Code: providers.Config, Message: "the client of " + title + " refuses its options", Place: where.String()}
	}
	st.client = data
	return st, nil
}

// Plan implements [providers.Store]: the service has no batches.
func (s *store) Plan(refs []providers.Ref) [][]providers.Ref { return providers.Singles(refs) }

// Read implements [providers.Store].
func (s *store) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		results[i].Err = s.inTurn(ctx, ref, func() *providers.Error {
			results[i], _ = s.read(ctx, ref)
			return results[i].Err
		})
	}
	return results
}

// inTurn makes a request about one secret when it may: the first one goes ahead
// and logs in.
func (s *store) inTurn(ctx context.Context, ref providers.Ref, ask func() *providers.Error) (err *providers.Error) {
	if err := checkVersion(ref.Version); err != nil {
		err.Place = s.place.String()
		return err
	}
	turn, failed := s.gate.Enter(ctx)
	if failed != nil {
		shared := *failed
		shared.Place, shared.Identity = s.placeOr(failed.Place), s.login.identity()
		return &shared
	}
	if turn != nil {
		// Also after a panic: others are waiting.
		defer func() {
			// Failures that are about the one reference are not theirs.
			if err == nil || !meetsEveryone(err.Code) {
				_ = turn.End(ctx, struct{}{}, nil)
				return
			}
			err = turn.End(ctx, struct{}{}, err)
		}()
	}
	return ask()
}

// meetsEveryone tells whether a failure is not about the one reference.
func meetsEveryone(code providers.Code) bool {
	return slices.Contains([]providers.Code{
		providers.Unauthenticated, providers.Config, providers.TLS, providers.Policy,
		providers.Timeout, providers.Unavailable, providers.Throttled, providers.Cancelled, providers.TooLarge,
	}, code)
}

func (s *store) placeOr(place string) string {
	if place != "" {
		return place
	}
	return s.place.String()
}

// read asks for one secret; the trace tells what the answer was like.
func (s *store) read(ctx context.Context, ref providers.Ref) (providers.Result, *trace) {
	ctx, t := withTrace(ctx)
	out, err := s.client.GetSecret(ctx, ref.ID, ref.Version, nil)
	q := question{store: s, ref: ref, trace: t}
	if err != nil {
		return providers.Result{Err: q.unlessDeleted(ctx, q.explain(ctx, err))}, t
	}
	if out.Value == nil {
		return providers.Result{Err: q.failure(providers.Unavailable, "the answer holds no value", hintNotVault)}, t
	}
	source := providers.Source{
		Name: ref.ID, Version: ref.Version, Place: s.place.String(), Identity: s.login.identity(),
	}
	if id := string(deref(out.ID)); id != "" {
		if version := id[strings.LastIndexByte(id, '/')+1:]; isWord(version) && version != ref.ID {
			source.Version = version
		}
	}
	return providers.Result{Secret: providers.Secret{Value: []byte(*out.Value), Source: source}}, t
}

// unlessDeleted tells a secret that waits for its recovery from an absent one.
func (q question) unlessDeleted(ctx context.Context, failure *providers.Error) *providers.Error {
	if failure.Code == providers.NotFound && q.ref.Version == "" && q.store.deleted(ctx, q.ref.ID) {
		failure.Code, failure.Message = providers.Disabled, "the secret is deleted and can be recovered"
		failure.Hint = "recover it: " + q.store.azure("recover", q.ref.ID)
	}
	return failure
}

// deleted asks whether an absent secret waits for its recovery. The service
// answers the read of one with the same 404. Who may not ask hears that the
// secret is absent, so that the answer no is not to be had.
func (s *store) deleted(ctx context.Context, id string) bool {
	ctx, _ = withTrace(ctx)
	_, err := s.client.GetDeletedSecret(ctx, id, nil)
	return err == nil
}

// azure is the command of the Azure CLI that does something to a secret.
func (s *store) azure(verb, id string) string {
	return "az keyvault secret " + verb + " --vault-name " + s.place.name() + " --name " + id
}

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
