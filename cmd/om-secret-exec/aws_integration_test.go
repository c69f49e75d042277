//go:build integration

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/testenv"
)

// TestAWS runs the scripts against a server that checks signatures, with the
// same twelve secrets in Secrets Manager and in SSM.
func TestAWS(t *testing.T) {
	t.Parallel()
	server, other := testenv.Ministack(t), testenv.Moto(t)
	plant(t, server)
	err := plantOne(t.Context(), secretsmanager.NewFromConfig(configOf(other)), ssm.NewFromConfig(configOf(other)),
		"/only/in/billing", "S3NTINEL-other")
	if err != nil {
		t.Fatal(err)
	}
	p := params("testdata/integration")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("ENDPOINT", server.Endpoint)
		env.Setenv("ACCESS_KEY", server.AccessKey)
		env.Setenv("SECRET_KEY", server.SecretKey)
		env.Setenv("REGION", server.Region)
		env.Setenv("OTHER_ENDPOINT", other.Endpoint)
		env.Setenv("OTHER_ACCESS_KEY", other.AccessKey)
		env.Setenv("OTHER_SECRET_KEY", other.SecretKey)
		env.Setenv("OM1", testenv.Python(t, "airflow2"))
		env.Setenv("OM2", testenv.Python(t, "airflow3"))
		values := map[string]string{}
		for n := range secretCount {
			values[secretID(n)] = secretValue(n)
		}
		data, err := json.Marshal(values)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, "values.json"), data, 0o600); err != nil {
			return err
		}
		return common(env)
	}
	testscript.Run(t, p)
}

const secretCount = 12

func secretID(n int) string { return fmt.Sprintf("/prod/secret-%d", n) }

// secretValue is the value of the nth secret: some are awkward on purpose.
func secretValue(n int) string {
	awkward := []string{`S3NTINEL-"quoted"\`, "S3NTINEL-$HOME ${PATH}", "S3NTINEL-é-😀", "S3NTINEL-\ttab\nline"}
	return awkward[n%len(awkward)] + fmt.Sprint(n)
}

func configOf(server testenv.AWS) aws.Config {
	return aws.Config{
		Region: server.Region, BaseEndpoint: &server.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, ""),
	}
}

func plant(t *testing.T, server testenv.AWS) {
	t.Helper()
	sm, params := secretsmanager.NewFromConfig(configOf(server)), ssm.NewFromConfig(configOf(server))
	plantBinary(t, sm)
	for n := range secretCount {
		if err := plantOne(t.Context(), sm, params, secretID(n), secretValue(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// plantBinary makes a secret that no document can hold.
func plantBinary(t *testing.T, sm *secretsmanager.Client) {
	t.Helper()
	id := "/prod/binary"
	_, err := sm.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: &id, SecretBinary: []byte("S3NTINEL\xff\x00"),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func plantOne(ctx context.Context, sm *secretsmanager.Client, params *ssm.Client, id, value string) error {
	_, err := sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: &id, SecretString: &value})
	if err != nil {
		return err
	}
	_, err = params.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &id, Value: &value, Type: types.ParameterTypeSecureString,
	})
	return err
}
