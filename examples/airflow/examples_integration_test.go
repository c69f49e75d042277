//go:build integration

package airflow

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"om-secret-exec/internal/testenv"
)

// The examples whose tasks get the workflow with its values, and their tasks.
var tasks = map[string][]string{
	"ingest_bash":            {"ingest"},
	"ingest_external_python": {"ingest"},
	"ingest_file":            {"ingest"},
	"ingest_inline_yaml":     {"ingest"},
	"ingest_mapped":          {"ingest[0]", "ingest[1]"},
	"ingest_op_kwargs":       {"ingest"},
	"ingest_taskflow":        {"ingest"},
	"ingest_virtualenv":      {"ingest"},
}

// What the stores hold, by the names that the examples use.
var stored = map[string]string{
	"/team/prod/warehouse/password":    password,
	"/team/prod/openmetadata/token":    token,
	"airflow/connections/om_warehouse": `{"conn_type": "postgres", "login": "reader", "password": "S3NTINEL of the connection"}`,
	"airflow/variables/om_token":       "S3NTINEL of the variable",
}

// TestExamples runs the examples with a stand-in for OpenMetadata: as they are,
// and with a wrong reference. Airflow 2 has its secrets in Secrets Manager,
// Airflow 3 in OpenBao.
func TestExamples(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]func(testing.TB, map[string]string) map[string]string{
		"airflow2": inSecretsManager, "airflow3": inOpenBao,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := install(t, name).with(store(t, stored)).with(map[string]string{
				"AIRFLOW__SECRETS__BACKEND": "om_secret_exec.airflow.SecretsBackend",
			})
			a = a.withStub().withIndex()
			var files, dags []string
			for dag := range tasks {
				files, dags = append(files, dag+".py"), append(dags, dag, "wrong_"+dag)
			}
			a = a.folder("dags", append(files, "secrets_backend.py"), a.local()...)
			for dag := range tasks {
				a.writeWrong(dag)
			}
			got := a.dagRuns(append(dags, "secrets_backend")...)
			for dag, names := range tasks {
				for _, task := range names {
					got.succeeded(t, dag+"."+task, digests())
					if dag != "ingest_bash" { // Airflow sees no value there, and nothing to mask
						got.succeeded(t, dag+"."+task, "***")
					}
					got.failed(t, "wrong_"+dag+"."+task, "NOT_FOUND", "/team/prod/warehouse/typo")
				}
			}
			got.succeeded(t, "secrets_backend.use", "as reader with *** and ***")
			a.clean()
		})
	}
}

// local is what to replace in examples: paths of a worker, and those here.
func (a installation) local() []string {
	return []string{"/opt/ingestion/bin/python", a.python, "/opt/ingestion/environments", filepath.Join(a.home, "environments")}
}

// writeWrong writes a copy of an example, wrong_DAG, with a wrong reference.
func (a installation) writeWrong(dag string) {
	a.t.Helper()
	a.write("wrong_"+dag+".py", read(a.t, dag+".py"), append(a.local(),
		`"`+dag+`"`, `"wrong_`+dag+`"`, "catchup=False", "catchup=False, default_args=RETRIED", "\n\nwith DAG", retried,
		"/warehouse/password", "/warehouse/typo", "warehouse.yaml", "wrong.yaml")...)
	a.write("wrong.yaml", read(a.t, "warehouse.yaml"), "/warehouse/password", "/warehouse/typo")
}

// retried has a DAG try its tasks again, which a wrong reference is not worth.
const retried = `
from datetime import timedelta
RETRIED = {"retries": 3, "retry_delay": timedelta(seconds=1)}
with DAG`

// withStub puts the stand-in for OpenMetadata before the real one.
func (a installation) withStub() installation {
	stub, err := filepath.Abs("testdata/stub")
	if err != nil {
		a.t.Fatal(err)
	}
	bin := filepath.Join(a.home, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		a.t.Fatal(err)
	}
	a.writeMetadata(bin)
	return a.with(map[string]string{
		"PYTHONPATH": a.env["PYTHONPATH"] + string(os.PathListSeparator) + stub,
		"PATH":       bin + string(os.PathListSeparator) + a.env["PATH"],
	})
}

// writeMetadata writes the command of the stand-in into a directory.
func (a installation) writeMetadata(bin string) {
	a.t.Helper()
	script := "#!/bin/sh\nexec " + a.python + ` -m metadata "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(bin, "metadata"), []byte(script), 0o700); err != nil {
		a.t.Fatal(err)
	}
}

// inSecretsManager puts values into AWS's store and returns the settings for it.
func inSecretsManager(t testing.TB, values map[string]string) map[string]string {
	t.Helper()
	server := testenv.Ministack(t)
	client := secretsmanager.NewFromConfig(aws.Config{
		Region: server.Region, BaseEndpoint: &server.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, ""),
	})
	for name, value := range values {
		if _, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value}); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_REGION":            server.Region,
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID":     server.AccessKey,
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY": server.SecretKey,
		"AWS_ENDPOINT_URL":                 server.Endpoint,
		"AIRFLOW__SECRETS__BACKEND_KWARGS": backendOptions(t, "aws"),
	}
}

// inOpenBao does the same with OpenBao, which the workflows of the examples do
// not name: a variable does.
func inOpenBao(t testing.TB, values map[string]string) map[string]string {
	t.Helper()
	server := testenv.Bao(t)
	for name, value := range values {
		cmd := exec.CommandContext(t.Context(), server.Command, "kv", "put", "-mount=secret", strings.TrimPrefix(name, "/"), "value="+value)
		cmd.Env = server.Env()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("bao kv put: %v\n%s", err, out)
		}
	}
	return map[string]string{
		"OM_SECRET_EXEC_PROVIDER":                                     "openbao",
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__OPENBAO_ADDRESS":      server.Addr,
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__OPENBAO_TOKEN":        server.RootToken,
		"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__OPENBAO_CA_CERT_PATH": server.CAFile,
		"AIRFLOW__SECRETS__BACKEND_KWARGS":                            backendOptions(t, "openbao"),
	}
}

func backendOptions(t testing.TB, provider string) string {
	t.Helper()
	options, err := json.Marshal(map[string]string{
		"provider": provider, "connections_lookup_pattern": "^om_", "variables_lookup_pattern": "^om_",
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(options)
}
