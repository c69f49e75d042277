//go:build integration

package aws

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"om-secret-exec/internal/providers"
)

func TestSecretsManagerServers(t *testing.T) {
	both(t, func(t *testing.T, a *account) {
		ctx := t.Context()
		arn := a.secret("/om/string", "first")
		put, err := a.sm.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &arn, SecretString: sdk.String("second")})
		a.must(err)
		_, err = a.sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: sdk.String("/om/binary"), SecretBinary: []byte("\xff\x00")})
		a.must(err)
		_, err = a.sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: sdk.String("/om/hollow")})
		a.must(err)
		gone := a.secret("/om/deleted", "x")
		_, err = a.sm.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &gone})
		a.must(err)

		store := openStore(t, SecretsManager(), a.settings())
		for _, w := range []want{
			{id: "/om/string", value: "second"},
			{id: arn, value: "second"},
			{id: arn[:len(arn)-7], value: "second"},
			{id: "/om/string", version: "AWSPREVIOUS", value: "first"},
			{id: "/om/string", version: *put.VersionId, value: "second"},
			{id: "/om/string", version: "01234567-89ab-cdef-0123-456789abcdef", code: providers.VersionNotFound},
			{id: "/om/binary", value: "\xff\x00"},
			{id: "/om/hollow", code: providers.BadValue},
			{id: "/om/deleted", code: providers.Disabled},
			{id: "/om/absent", code: providers.NotFound},
			{id: strings.Replace(arn, a.server.Region, "us-east-2", 1), code: providers.NotFound},
		} {
			w.check(t, store)
		}
		if a.name != "moto" { // moto takes an absent stage for an absent secret
			want{id: "/om/string", version: "NOSTAGE", code: providers.VersionNotFound}.check(t, store)
		}
		elsewhere := openStore(t, SecretsManager(), a.settings(keyRegion, "us-east-2"))
		want{id: "/om/string", code: providers.NotFound}.check(t, elsewhere)
		want{id: arn, value: "second"}.check(t, elsewhere)
	})
}

func TestParameterStoreServers(t *testing.T) {
	both(t, func(t *testing.T, a *account) {
		put := func(name, value string, kind types.ParameterType) {
			t.Helper()
			_, err := a.ssm.PutParameter(t.Context(), &ssm.PutParameterInput{Name: &name, Value: &value, Type: kind, Overwrite: sdk.Bool(true)})
			a.must(err)
		}
		put("/om/p/string", "first", types.ParameterTypeString)
		put("/om/p/string", "second", types.ParameterTypeString)
		put("/om/p/secure", "hidden", types.ParameterTypeSecureString)
		put("/om/p/list", "a,b", types.ParameterTypeStringList)
		_, err := a.ssm.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{
			Name: sdk.String("/om/p/string"), ParameterVersion: sdk.Int64(1), Labels: []string{"prod"},
		})
		a.must(err)

		store := openStore(t, ParameterStore(), a.settings())
		for _, w := range []want{
			{id: "/om/p/string", value: "second"},
			{id: "/om/p/string", version: "1", value: "first"},
			{id: "/om/p/string:1", value: "first"},
			{id: "/om/p/string:prod", value: "first"},
			{id: "/om/p/string", version: "prod", value: "first"},
			{id: "/om/p/string", version: "9", code: providers.VersionNotFound},
			{id: "/om/p/secure", value: "hidden"},
			{id: "/om/p/list", value: "a,b"},
			{id: "/om/p/absent", code: providers.NotFound},
		} {
			w.check(t, store)
		}
	})
}

func TestBatchesOnServers(t *testing.T) {
	both(t, func(t *testing.T, a *account) {
		for i := range 24 {
			a.secret(fmt.Sprintf("/om/b/%d", i), fmt.Sprint("v", i))
			_, err := a.ssm.PutParameter(t.Context(), &ssm.PutParameterInput{
				Name: sdk.String(fmt.Sprintf("/om/b/%d", i)), Value: sdk.String(fmt.Sprint("v", i)),
				Type: types.ParameterTypeSecureString, Overwrite: sdk.Bool(true),
			})
			a.must(err)
		}
		for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
			store := openStore(t, kind, a.settings())
			read := 0
			for _, group := range store.Plan(append(many(24, "/om/b/%d"), refs("/om/b/absent")...)) {
				for i, r := range store.Read(t.Context(), group) {
					id := group[i].ID
					switch {
					case id == "/om/b/absent":
						if codeOf(r.Err) != providers.NotFound {
							t.Errorf("%s: Read(%q) = %+v, want NOT_FOUND", kind.Names[0], id, r.Err)
						}
					case r.Err != nil:
						t.Errorf("%s: Read(%q) in a batch of %d = %+v", kind.Names[0], id, len(group), r.Err)
					case string(r.Secret.Value) != "v"+id[len("/om/b/"):]:
						t.Errorf("%s: Read(%q) = %q", kind.Names[0], id, r.Secret.Value)
					}
					read++
				}
			}
			if read != 25 {
				t.Errorf("%s: %d results, want 25", kind.Names[0], read)
			}
		}
	})
}
