//go:build integration

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"om-secret-exec/internal/testenv"
)

// strict is a double of the server, and a Python that talks to it.
type strict struct {
	server testenv.OpenMetadataServer
	python string
	env    []string
}

func newStrict(t *testing.T, environment string) strict {
	t.Helper()
	return strict{
		server: testenv.NewOpenMetadata(t, environment),
		python: testenv.Python(t, environment),
		env: append(testenv.Moto(t).Env(), "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir(),
			"PYTHONPATH="+filepath.Join(testenv.Root(t), "python-shim", "src"), "PYTHONWARNINGS=ignore",
			"OM_SECRET_EXEC_BINARY="+testenv.Binary(t)),
	}
}

func (s strict) run(t *testing.T, arguments ...string) (status int, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.python, arguments...)
	cmd.Dir, cmd.Env = t.TempDir(), s.env
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// putService gives the server a service whose password is a reference.
func (s strict) putService(t *testing.T, database, hostPort, password string) {
	t.Helper()
	s.server.Put(t, map[string]map[string]any{"services/databaseServices": {"strict": map[string]any{
		"id": "7c5dd2e5-8d3c-4a2c-9f8a-0c8b1d2f3a4b", "name": "strict", "fullyQualifiedName": "strict", "serviceType": "Postgres",
		"connection": map[string]any{"config": map[string]any{
			"type": "Postgres", "username": database, "hostPort": hostPort, "database": database,
			"authType": map[string]any{"password": password},
		}},
	}}})
}

// workflow writes a workflow of some kind that has the service's name and nothing
// else of it.
func (s strict) workflow(t *testing.T, kind, token string) string {
	t.Helper()
	parts := map[string]string{
		"metadata": `
source:
  type: postgres
  serviceName: strict
  sourceConfig: {config: {type: DatabaseMetadata, schemaFilterPattern: {includes: [^public$]}}}
sink: {type: metadata-rest, config: {}}`,
		"usage": `
source: {type: postgres-usage, serviceName: strict, sourceConfig: {config: {type: DatabaseUsage}}}
processor: {type: query-parser, config: {}}
stage: {type: table-usage, config: {filename: usage}}
bulkSink: {type: metadata-usage, config: {filename: usage}}`,
		"lineage": `
source: {type: postgres-lineage, serviceName: strict, sourceConfig: {config: {type: DatabaseLineage}}}
sink: {type: metadata-rest, config: {}}`,
	}
	return strictFile(t, parts[kind]+fmt.Sprintf(`
workflowConfig:
  openMetadataServerConfig:
    hostPort: %s
    authProvider: openmetadata
    securityConfig: {jwtToken: "%s"}
    secretsManagerProvider: managed-aws
    secretsManagerLoader: env
`, s.server.URL, token))
}

func strictFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// strictSecret makes a secret and returns its ARN.
func strictSecret(t *testing.T, id, value string) string {
	t.Helper()
	made, err := secretsmanager.NewFromConfig(configOf(testenv.Moto(t))).CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{Name: &id, SecretString: &value})
	if err != nil {
		t.Fatal(err)
	}
	return *made.ARN
}
