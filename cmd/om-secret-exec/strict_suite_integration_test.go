//go:build integration

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestStrictSuite runs a test suite: it gets connections from the server while it
// runs, by table, so that no workflow can hold them. OpenMetadata counts what goes
// wrong with one table and goes on; a reference that cannot be resolved ends the
// run all the same, and the server is told that it failed.
func TestStrictSuite(t *testing.T) {
	t.Parallel()
	database := testenv.Postgres(t)
	database.User(t, "strict_suite", "S3NTINEL-suite")
	database.Run(t, "strict_suite", "CREATE TABLE public.orders (id int PRIMARY KEY)")
	strictSecret(t, "/strict/suite", "S3NTINEL-suite")
	listener := listenAsPostgres(t)
	for _, tt := range []struct {
		name, hostPort, reference string
		status                    int
		says                      string
		states                    []string
	}{
		{
			"resolved", database.Host + ":" + database.Port, "secret:/strict/suite",
			0, "",
			[]string{"running", "success"},
		},
		{
			"unresolved", listener.address, "secret:/strict/absent",
			3, "NOT_FOUND",
			[]string{"running", "failed"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStrict(t, "airflow3")
			s.putService(t, "strict_suite", tt.hostPort, tt.reference)
			s.putSuite(t)
			status, said := s.run(t, "-m", "om_secret_exec.run", "-m", "metadata", "test", "-c", s.suite(t))
			if status != tt.status || !strings.Contains(said, tt.says) || strings.Contains(said, "S3NTINEL") {
				t.Errorf("metadata test ends with %d, want %d and %q; it says:\n%s", status, tt.status, tt.says, said)
			}
			if states := pipelineStates(t, s.server.State(t)); !slices.Equal(states, tt.states) {
				t.Errorf("the server is told %q, want %q; the run says:\n%s", states, tt.states, said)
			}
			if attempts := listener.attempts(); len(attempts) != 0 {
				t.Errorf("the database was sent %q", attempts)
			}
		})
	}
}

// pipelineStates tells what states of the pipeline the server was told, in order.
func pipelineStates(t *testing.T, state testenv.OpenMetadataState) []string {
	t.Helper()
	var states []string
	for _, r := range state.Requests {
		if r.Method != http.MethodPut || !strings.HasSuffix(r.Path, "/pipelineStatus") {
			continue
		}
		var body struct{ PipelineState string }
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		states = append(states, body.PipelineState)
	}
	return states
}

const (
	strictTable    = "strict.strict_suite.public.orders"
	strictPipeline = strictTable + ".testSuite.nightly"
)

// putSuite gives the server a table, its test suite, and the pipeline that runs it.
func (s strict) putSuite(t *testing.T) {
	t.Helper()
	id := func(n int) string { return fmt.Sprintf("7c5dd2e5-8d3c-4a2c-9f8a-%012d", n) }
	suite := map[string]any{"id": id(1), "type": "testSuite", "name": strictTable + ".testSuite"}
	service := map[string]any{"id": id(3), "type": "databaseService", "name": "strict"}
	database := map[string]any{"id": id(4), "type": "database", "name": "strict_suite", "fullyQualifiedName": "strict.strict_suite"}
	schema := map[string]any{"id": id(5), "type": "databaseSchema", "name": "public", "fullyQualifiedName": "strict.strict_suite.public"}
	sourceConfig := map[string]any{"config": map[string]any{"type": "TestSuite", "entityFullyQualifiedName": strictTable}}
	s.server.Put(t, map[string]map[string]any{
		"databases": {"strict.strict_suite": map[string]any{
			"id": id(4), "name": "strict_suite", "fullyQualifiedName": "strict.strict_suite", "service": service,
		}},
		"databaseSchemas": {"strict.strict_suite.public": map[string]any{
			"id": id(5), "name": "public", "fullyQualifiedName": "strict.strict_suite.public", "service": service, "database": database,
		}},
		"tables": {strictTable: map[string]any{
			"id": id(2), "name": "orders", "fullyQualifiedName": strictTable, "serviceType": "Postgres",
			"columns": []any{map[string]any{"name": "id", "dataType": "INT"}},
			"service": service, "database": database, "databaseSchema": schema, "testSuite": suite,
		}},
		"dataQuality/testSuites": {strictTable + ".testSuite": map[string]any{
			"id": id(1), "name": strictTable + ".testSuite", "fullyQualifiedName": strictTable + ".testSuite",
		}},
		"services/ingestionPipelines": {strictPipeline: map[string]any{
			"id": id(6), "name": "nightly", "fullyQualifiedName": strictPipeline, "pipelineType": "TestSuite",
			"sourceConfig": sourceConfig, "airflowConfig": map[string]any{}, "service": suite,
		}},
	})
}

func (s strict) suite(t *testing.T) string {
	t.Helper()
	return strictFile(t, fmt.Sprintf(`
source:
  type: TestSuite
  serviceName: strict
  sourceConfig: {config: {type: TestSuite, entityFullyQualifiedName: %s}}
processor: {type: orm-test-runner, config: {}}
sink: {type: metadata-rest, config: {}}
ingestionPipelineFQN: %s
workflowConfig:
  openMetadataServerConfig:
    hostPort: %s
    authProvider: openmetadata
    securityConfig: {jwtToken: abc}
    secretsManagerProvider: managed-aws
    secretsManagerLoader: env
`, strictTable, strictPipeline, s.server.URL))
}
