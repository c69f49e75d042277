//go:build integration

package aws

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func TestProbeSecretsOnServers(t *testing.T) {
	both(t, func(t *testing.T, a *account) {
		ctx := t.Context()
		arn := a.secret("/probe/there", "first")
		put, err := a.sm.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &arn, SecretString: sdk.String("second")})
		a.must(err)
		_, err = a.sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: sdk.String("/probe/hollow")})
		a.must(err)
		gone := a.secret("/probe/deleted", "x")
		_, err = a.sm.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &gone})
		a.must(err)

		store := openStore(t, SecretsManager(), a.settings())
		for _, w := range []want{
			{id: "/probe/there"},
			{id: arn},
			{id: arn[:len(arn)-7]},
			{id: "/probe/there", version: "AWSPREVIOUS"},
			{id: "/probe/there", version: *put.VersionId},
			{id: "/probe/there", version: "NOSTAGE", code: providers.VersionNotFound},
			{id: "/probe/there", version: unlisted, code: providers.UnsupportedProvider},
			{id: "/probe/deleted", code: providers.Disabled},
			{id: "/probe/absent", code: providers.NotFound},
		} {
			if err := probe(t, store, w.id, w.version); codeOf(err) != w.code {
				t.Errorf("Probe(%q, %q) = %+v, want code %q", w.id, w.version, err, w.code)
			}
		}
		if a.name != "ministack" { // which makes a version for it
			if err := probe(t, store, "/probe/hollow", ""); codeOf(err) != providers.BadValue {
				t.Errorf("Probe(/probe/hollow) = %+v, want BAD_VALUE", err)
			}
		}
	})
}

func TestProbeParametersOnServers(t *testing.T) {
	both(t, func(t *testing.T, a *account) {
		a.parameter("/probe/there", "v")
		store := openStore(t, ParameterStore(), a.settings())
		for _, w := range []want{
			{id: "/probe/there"},
			{id: "/probe/there", version: "1", code: providers.UnsupportedProvider},
		} {
			if err := probe(t, store, w.id, w.version); codeOf(err) != w.code {
				t.Errorf("Probe(%q, %q) = %+v, want code %q", w.id, w.version, err, w.code)
			}
		}
		if a.name != "ministack" { // which gives no tags of what is not there
			if err := probe(t, store, "/probe/absent", ""); codeOf(err) != providers.NotFound {
				t.Errorf("Probe(/probe/absent) = %+v, want NOT_FOUND", err)
			}
		}
	})
}

// Who may read need not be allowed to ask, and the other way round.
func TestProbePermissions(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	arn := a.secret("/probe/mine", "mine")
	a.parameter("/probe/mine", "mine")
	resources := []string{arn, "arn:aws:ssm:*:*:parameter/probe/mine"}
	reader, readerKey := a.user("probe-reader", policy([]string{"secretsmanager:GetSecretValue", "ssm:GetParameter"}, resources))
	asker, askerKey := a.user("probe-asker", policy([]string{"secretsmanager:DescribeSecret", "ssm:ListTagsForResource"}, resources))
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		reads := openStore(t, kind, a.settings(keyAccessKey, reader, keySecretKey, readerKey))
		asks := openStore(t, kind, a.settings(keyAccessKey, asker, keySecretKey, askerKey))
		want{id: "/probe/mine", value: "mine"}.check(t, reads)
		want{id: "/probe/mine", code: providers.PermissionDenied}.check(t, asks)
		if err := probe(t, reads, "/probe/mine", ""); codeOf(err) != providers.PermissionDenied {
			t.Errorf("%s: Probe() of who may read alone = %+v, want PERMISSION_DENIED", kind.Names[0], err)
		}
		if err := probe(t, asks, "/probe/mine", ""); err != nil {
			t.Errorf("%s: Probe() of who may ask = %+v, want nil", kind.Names[0], err)
		}
	}
}
