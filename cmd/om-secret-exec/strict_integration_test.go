//go:build integration

package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestStrictIngestion runs ingestion with the Python package's run: the workflow
// names a service only, so the reference comes from the server, and nothing can
// resolve it before. It is an ARN, which OpenMetadata by itself would break.
func TestStrictIngestion(t *testing.T) {
	t.Parallel()
	database := testenv.Postgres(t)
	database.User(t, "strict", "S3NTINEL-$HOME")
	database.Run(t, "strict", "CREATE TABLE public.orders (id int PRIMARY KEY)")
	arn := strictSecret(t, "/strict/db", "S3NTINEL-$HOME")
	strictSecret(t, "/strict/token", "S3NTINEL-token")
	for _, environment := range []string{"airflow2", "airflow3"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			s := newStrict(t, environment)
			s.putService(t, "strict", database.Host+":"+database.Port, "secret:"+arn)
			status, said := s.run(t, "-m", "om_secret_exec.run", "-m", "metadata", "ingest", "-c", s.workflow(t, "metadata", "secret:/strict/token"))
			if status != 0 || strings.Contains(said, "S3NTINEL") {
				t.Fatalf("metadata ingest ends with %d, and says:\n%s", status, said)
			}
			state := s.server.State(t)
			if tables := state.Names(t, "tables"); !slices.Equal(tables, []string{"strict.strict.public.orders"}) {
				t.Errorf("the server holds the tables %q\n%s", tables, said)
			}
			for _, r := range state.Requests {
				if r.Authorization != "Bearer S3NTINEL-token" {
					t.Errorf("%s %s has the authorization %q", r.Method, r.Path, r.Authorization)
				}
			}
		})
	}
}

// TestStrictFailure has a reference that cannot be resolved, in each version that
// is supported: the run ends with what we say about it, the database is not even
// connected to, and the server is asked for what it must be asked for.
func TestStrictFailure(t *testing.T) {
	t.Parallel()
	strictSecret(t, "/strict/here", "x")
	for _, tt := range []struct{ environment, kind string }{
		{"om110", "metadata"},
		{"airflow2", "metadata"},
		{"om113", "metadata"},
		{"airflow3", "metadata"},
		{"airflow3", "usage"},
		{"airflow3", "lineage"},
	} {
		t.Run(tt.environment+" "+tt.kind, func(t *testing.T) {
			t.Parallel()
			s, database := newStrict(t, tt.environment), listenAsPostgres(t)
			s.putService(t, "strict", database.address, "secret:/strict/absent")
			command := map[string]string{"metadata": "ingest", "lineage": "ingest", "usage": "usage"}[tt.kind]
			status, said := s.run(t, "-m", "om_secret_exec.run", "-m", "metadata", command, "-c", s.workflow(t, tt.kind, "abc"))
			if status != 3 {
				t.Errorf("it ends with %d", status)
			}
			for _, want := range []string{"om-secret-exec: error: metadata.", "NOT_FOUND", "secret:/strict/absent", "hint"} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if attempts := database.attempts(); len(attempts) != 0 {
				t.Errorf("the database was sent %q", attempts)
			}
			for _, r := range s.server.State(t).Requests {
				if r.Method != http.MethodGet {
					t.Errorf("the server was asked to %s %s: %s", r.Method, r.Path, r.Body)
				}
			}
			if t.Failed() {
				t.Log(said)
			}
		})
	}
}

// TestWithoutStrict is why there is such a thing, and shows that the test above
// would see what it looks for.
func TestWithoutStrict(t *testing.T) {
	t.Parallel()
	s, database := newStrict(t, "airflow3"), listenAsPostgres(t)
	s.putService(t, "strict", database.address, "secret:/strict/absent")
	_, said := s.run(t, "-m", "metadata", "ingest", "-c", s.workflow(t, "metadata", "abc"))
	if attempts := database.attempts(); !slices.Contains(attempts, "secret:/strict/absent") {
		t.Errorf("OpenMetadata by itself has sent the database %q\n%s", attempts, said)
	}
}

// TestStrictClasses asks OpenMetadata's own classes, as its connectors do.
func TestStrictClasses(t *testing.T) {
	t.Parallel()
	strictSecret(t, "/strict/null", "null")
	arn := strictSecret(t, "/strict/classes", "S3NTINEL")
	for _, environment := range []string{"om110", "airflow2", "om113", "airflow3"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			s := newStrict(t, environment)
			script := filepath.Join(testenv.Root(t), "cmd", "om-secret-exec", "testdata", "strict_classes.py")
			status, said := s.run(t, script, s.server.URL, arn)
			if status != 0 {
				t.Errorf("it ends with %d, and says:\n%s", status, said)
			}
		})
	}
}
