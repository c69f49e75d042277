//go:build integration

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestIngestion lets exec become the real `metadata ingest`, which reads a
// PostgreSQL database that compares passwords, into a server that looks at the
// token. Everything that it needs for that is in a store, in each of them one.
func TestIngestion(t *testing.T) {
	t.Parallel()
	database := testenv.Postgres(t)
	hostPort := database.Host + ":" + database.Port
	stores := newEverywhere(t, map[string]string{
		"ssm": hostPort, "kube": "warehouse", "gcp": "sales", "azure": "^public$", "file": "shop",
	})
	database.User(t, "warehouse", stores.values["sm"])
	database.Run(t, "postgres", `CREATE DATABASE sales OWNER warehouse`)
	database.Run(t, "sales", "CREATE TABLE public.orders (id int PRIMARY KEY)")
	for _, environment := range []string{"airflow2", "airflow3"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			server := testenv.NewOpenMetadata(t, environment)
			out := ingest(t, stores, environment, fmt.Sprintf(`
source:
  type: postgres
  serviceName: %q
  serviceConnection:
    config: {type: Postgres, username: %q, authType: {password: %q}, hostPort: %q, database: %q}
  sourceConfig: {config: {type: DatabaseMetadata, schemaFilterPattern: {includes: [%q]}}}
sink: {type: metadata-rest, config: {}}
workflowConfig:
  openMetadataServerConfig:
    hostPort: %s
    authProvider: openmetadata
    securityConfig: {jwtToken: %q}
    storeServiceConnection: false
`, stores.refs["file"], stores.refs["kube"], stores.refs["sm"], stores.refs["ssm"], stores.refs["gcp"], stores.refs["azure"],
				server.URL, stores.refs["bao"]))
			state := server.State(t)
			if tables := state.Names(t, "tables"); !slices.Equal(tables, []string{"shop.sales.public.orders"}) {
				t.Errorf("the server holds the tables %q; ingestion says\n%s", tables, out)
			}
			for _, r := range state.Requests {
				if strings.Contains(r.Path, "tables") && r.Authorization != "Bearer "+stores.values["bao"] {
					t.Errorf("%s %s comes with the token %q", r.Method, r.Path, r.Authorization)
				}
				if strings.Contains(string(r.Body), stores.values["sm"]) {
					t.Errorf("%s %s sends the password to the server", r.Method, r.Path)
				}
			}
		})
	}
	if os.Getenv("OMSE_CAMPAIGN") != "" {
		ingestWithEachStore(t, database)
	}
}

// ingestWithEachStore takes the password itself from every store in turn.
// Ingestion takes its time to start, so that this is for campaigns.
func ingestWithEachStore(t *testing.T, database testenv.PostgresServer) {
	t.Helper()
	stores := newEverywhere(t, nil)
	for store, ref := range stores.refs {
		t.Run(store, func(t *testing.T) {
			server := testenv.NewOpenMetadata(t, "airflow3")
			role := "role_" + store
			database.User(t, role, stores.values[store])
			database.Run(t, role, "CREATE TABLE public.orders (id int PRIMARY KEY)")
			ingest(t, stores, "airflow3", fmt.Sprintf(`
source:
  type: postgres
  serviceName: shop
  serviceConnection:
    config: {type: Postgres, username: %[1]s, authType: {password: %[2]q}, hostPort: "%[3]s:%[4]s", database: %[1]s}
  sourceConfig: {config: {type: DatabaseMetadata, schemaFilterPattern: {includes: [^public$]}}}
sink: {type: metadata-rest, config: {}}
workflowConfig:
  openMetadataServerConfig: {hostPort: %[5]s, authProvider: openmetadata, securityConfig: {jwtToken: abc}}
`, role, ref, database.Host, database.Port, server.URL))
			if tables := server.State(t).Names(t, "tables"); !slices.Equal(tables, []string{"shop." + role + ".public.orders"}) {
				t.Errorf("the server holds the tables %q", tables)
			}
		})
	}
}

// ingest runs a workflow and returns what was printed. It fails the test unless
// ingestion succeeds, and when something is left of it.
func ingest(t *testing.T, stores *everywhere, environment, workflow string) string {
	t.Helper()
	dir, runtime := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "workflow.yaml")
	if err := os.WriteFile(path, []byte(workflow), 0o600); err != nil {
		t.Fatal(err)
	}
	metadata := filepath.Join(filepath.Dir(testenv.Python(t, environment)), "metadata")
	cmd := exec.CommandContext(t.Context(), testenv.Binary(t), "exec", path, "--", metadata, "ingest", "-c", "{}")
	cmd.Dir = dir
	cmd.Env = append(slices.Clone(stores.env), "PATH="+os.Getenv("PATH"), "HOME="+dir, "XDG_RUNTIME_DIR="+runtime,
		"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("it ends with %v and says\n%s", err, out)
	}
	for _, value := range []string{stores.values["sm"], stores.values["bao"]} {
		if strings.Contains(string(out), value) {
			t.Error("a value is in the log")
		}
	}
	left, err := filepath.Glob(filepath.Join(runtime, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range left {
		if data, err := os.ReadFile(link); err == nil {
			t.Errorf("%s can still be read: %d bytes", link, len(data))
		}
	}
	return string(out)
}
