//go:build integration

package aws

import (
	"context"
	"errors"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// account makes fixtures on a test server, as its root.
type account struct {
	t      *testing.T
	name   string
	server testenv.AWS
	cfg    sdk.Config
	sm     *secretsmanager.Client
	ssm    *ssm.Client
}

func newAccount(t *testing.T, name string, server testenv.AWS) *account {
	t.Helper()
	cleanEnv(t)
	cfg := sdk.Config{
		Region: server.Region, BaseEndpoint: &server.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, ""),
	}
	return &account{t: t, name: name, server: server, cfg: cfg, sm: secretsmanager.NewFromConfig(cfg), ssm: ssm.NewFromConfig(cfg)}
}

// settings are those of the root key; more pairs of key and value win.
func (a *account) settings(pairs ...string) providers.Settings {
	return withKey(a.server.Endpoint, append([]string{
		keyRegion, a.server.Region, keyAccessKey, a.server.AccessKey, keySecretKey, a.server.SecretKey,
	}, pairs...)...)
}

// secret makes a secret unless another test has, and returns its ARN.
func (a *account) secret(name, value string) string {
	a.t.Helper()
	out, err := a.sm.CreateSecret(a.t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value})
	if code(err) == "ResourceExistsException" {
		d, err := a.sm.DescribeSecret(a.t.Context(), &secretsmanager.DescribeSecretInput{SecretId: &name})
		a.must(err)
		return *d.ARN
	}
	a.must(err)
	return *out.ARN
}

func (a *account) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatalf("making a fixture: %v", err)
	}
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// both runs a test against both servers, because they are wrong in different
// places.
func both(t *testing.T, test func(t *testing.T, a *account)) {
	t.Run("ministack", func(t *testing.T) { test(t, newAccount(t, "ministack", testenv.Ministack(t))) })
	t.Run("moto", func(t *testing.T) { test(t, newAccount(t, "moto", testenv.Moto(t))) })
}

// want is what a read should give: a value, or an error's code.
type want struct {
	id, version string
	value       string
	code        providers.Code
}

func (w want) check(t *testing.T, store providers.Store) {
	t.Helper()
	got := store.Read(context.Background(), []providers.Ref{{ID: w.id, Version: w.version}})[0]
	if codeOf(got.Err) != w.code || string(got.Secret.Value) != w.value {
		t.Errorf("Read(%q, %q) = %q, %+v, want %q, code %q", w.id, w.version, got.Secret.Value, got.Err, w.value, w.code)
	}
}
