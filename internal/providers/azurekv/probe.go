package azurekv

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"om-secret-exec/internal/providers"
)

// Probe implements [providers.Prober] by asking for the secret's versions, of
// which the service gives no values: it has no such question about one version.
// It gives up to 25 in one answer, in no useful order, and what is on further
// pages is not asked for.
func (s *store) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	return s.inTurn(ctx, ref, func() *providers.Error { return s.probe(ctx, ref) })
}

func (s *store) probe(ctx context.Context, ref providers.Ref) *providers.Error {
	ctx, t := withTrace(ctx)
	q := question{store: s, ref: ref, trace: t, probe: true}
	page, err := s.client.NewListSecretPropertiesVersionsPager(ref.ID, nil).NextPage(ctx)
	if err != nil {
		return q.unlessDeleted(ctx, q.explain(ctx, err))
	}
	switch {
	case page.Value == nil, slices.Contains(page.Value, nil):
		return q.failure(providers.Unavailable, "the answer is not one of Key Vault", hintNotVault)
	case len(page.Value) == 0: // so it answers about an absent secret
		return q.unlessDeleted(ctx, q.absent())
	}
	return q.judge(page.Value, deref(page.NextLink) != "")
}

// judge finds the version that is asked for among some; more tells that there
// are others.
func (q question) judge(versions []*azsecrets.SecretProperties, more bool) *providers.Error {
	var found *azsecrets.SecretProperties
	for _, v := range versions {
		id := string(deref(v.ID))
		switch {
		case q.ref.Version != "" && strings.EqualFold(id[strings.LastIndexByte(id, '/')+1:], q.ref.Version),
			q.ref.Version == "" && (found == nil || created(v).After(created(found))):
			found = v
		}
	}
	switch {
	case more && (found == nil || q.ref.Version == ""):
		return q.failure(providers.UnsupportedProvider, "the secret is there, and has more versions than one answer tells of", "read it to be sure (--online=read)")
	case found == nil:
		return q.failure(providers.VersionNotFound, fmt.Sprintf("the secret has no version %q", q.ref.Version), "see the versions: "+q.store.azure("list-versions", q.ref.ID))
	}
	if a := found.Attributes; a != nil && a.Enabled != nil && !*a.Enabled {
		return q.disabled()
	}
	return nil
}

// created is when a version was made; the last one is the current one.
func created(v *azsecrets.SecretProperties) time.Time { return deref(deref(v.Attributes).Created) }
