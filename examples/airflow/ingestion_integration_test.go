//go:build integration

package airflow

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestIngestion runs examples with OpenMetadata's own ingestion, which reads a
// PostgreSQL with the password from a store: through the hook and exec with
// 1.12.14.2 in Airflow 2, through load and in a managed pipeline with 2.0.7.0 in
// Airflow 3.
func TestIngestion(t *testing.T) {
	t.Parallel()
	database := testenv.Postgres(t)
	database.User(t, "warehouse", password)
	database.Run(t, "warehouse", "CREATE TABLE public.orders (id int PRIMARY KEY, placed date)")
	for name, dags := range map[string][]string{
		"airflow2": {"ingest_op_kwargs.ingest", "ingest_bash.ingest"},
		"airflow3": {"ingest_file.ingest", "ingest_managed.ingestion_task"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := install(t, name).withSecretsFile()
			if name == "airflow3" { // and nothing but the examples themselves in Airflow 2
				a.dags = filepath.Join(a.home, "config")
				a.write("airflow_local_settings.py", read(t, "airflow_local_settings.py"))
			}
			for _, task := range dags {
				dag, _, _ := strings.Cut(task, ".")
				server := testenv.NewOpenMetadata(t, name)
				b := a.folder(dag, []string{dag + ".py"},
					"warehouse.example.com:5432", database.Host+":"+database.Port, "http://openmetadata.example.com:8585/api", server.URL)
				if dag == "ingest_managed" {
					b.wrongManaged()
				}
				b.dagRuns(dag).succeeded(t, task)
				state := server.State(t)
				if tables := state.Names(t, "tables"); !slices.Equal(tables, []string{"warehouse.warehouse.public.orders"}) {
					t.Errorf("%s: the server holds the tables %q", task, tables)
				}
				for _, request := range state.Requests {
					if request.Authorization != "Bearer "+token {
						t.Errorf("%s asks %s with %q", task, request.Path, request.Authorization)
					}
					if strings.Contains(string(request.Body), "S3NTINEL") {
						t.Errorf("%s sends a value to %s", task, request.Path)
					}
				}
			}
			a.clean()
		})
	}
}

// wrongManaged runs the managed pipeline with a wrong reference, which fails deep
// inside of ingestion.
func (a installation) wrongManaged() {
	a.t.Helper()
	text := read(a.t, filepath.Join(a.dags, "ingest_managed.py"))
	a.write("wrong_managed.py", text, `"ingest_managed"`, `"wrong_managed"`, "/warehouse/password", "/warehouse/typo", "retries=0", "retries=2")
	a.dagRuns("wrong_managed").failed(a.t, "wrong_managed.ingestion_task", "NOT_FOUND", "/team/prod/warehouse/typo")
}

// withSecretsFile gives an installation our own store, outside of its home.
func (a installation) withSecretsFile() installation {
	a.t.Helper()
	directory := a.t.TempDir()
	store := filepath.Join(directory, "secrets.json")
	content, err := json.Marshal(stored)
	if err == nil {
		err = os.WriteFile(store, content, 0o600)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	return a.with(map[string]string{"OM_SECRET_EXEC_PROVIDER": "file", "OM_SECRET_EXEC_SECRETS_FILE": store})
}
