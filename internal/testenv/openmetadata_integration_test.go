//go:build integration

package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestIngestion reads a PostgreSQL database with the real `metadata ingest` of
// both environments into a double of the server: what tests of ours build on.
func TestIngestion(t *testing.T) {
	t.Parallel()
	database := Postgres(t)
	database.User(t, "warehouse", "pa55-word")
	database.Run(t, "warehouse", "CREATE TABLE public.orders (id int PRIMARY KEY, placed date)")
	for _, environment := range []string{"airflow2", "airflow3"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			server := NewOpenMetadata(t, environment)
			workflow := filepath.Join(t.TempDir(), "wf.yaml")
			text := fmt.Sprintf(`
source:
  type: postgres
  serviceName: warehouse
  serviceConnection:
    config: {type: Postgres, username: warehouse, authType: {password: pa55-word}, hostPort: "%s:%s", database: warehouse}
  sourceConfig: {config: {type: DatabaseMetadata, schemaFilterPattern: {includes: [^public$]}}}
sink: {type: metadata-rest, config: {}}
workflowConfig:
  openMetadataServerConfig:
    hostPort: %s
    authProvider: openmetadata
    securityConfig: {jwtToken: abc}
`, database.Host, database.Port, server.URL)
			if err := os.WriteFile(workflow, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(filepath.Join(filepath.Dir(Python(t, environment)), "metadata"), "ingest", "-c", workflow)
			cmd.Dir = t.TempDir()
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("metadata ingest: %v\n%s", err, out)
			}
			if tables := server.State(t).Names(t, "tables"); !slices.Equal(tables, []string{"warehouse.warehouse.public.orders"}) {
				t.Errorf("the server holds the tables %q\n%s", tables, out)
			}
		})
	}
}
