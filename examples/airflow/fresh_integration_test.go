//go:build integration

package airflow

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestFreshEnvironment does what README.md says, by its commands: it installs the
// wheel beside an Airflow into a new environment, names the embedded store with
// variables, and has `airflow dags test` run examples as they are and with a wrong
// reference. The stand-in is what is installed of OpenMetadata.
//
// The long form runs each example that needs no container and no server.
func TestFreshEnvironment(t *testing.T) {
	t.Parallel()
	right, wrong := []string{"ingest_op_kwargs"}, []string{"ingest_inline_yaml"}
	if os.Getenv("OMSE_CAMPAIGN") != "" {
		right = slices.Sorted(maps.Keys(tasks))
		wrong = right
	}
	wheel := testenv.Wheel(t)
	for name, packages := range map[string][]string{
		"airflow2": {wheel, "apache-airflow==2.11.2", "virtualenv"}, // for ingest_virtualenv.py
		"airflow3": {wheel, "apache-airflow==3.3.2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := installFresh(t, name, packages...)
			a.write("warehouse.yaml", read(t, "warehouse.yaml"))
			for _, dag := range right {
				a.write(dag+".py", read(t, dag+".py"), a.local()...)
				got := a.dagsTest(dag, "")
				for _, task := range tasks[dag] {
					got.succeeded(t, dag+"."+task, digests())
				}
				if dag == "ingest_op_kwargs" && !strings.Contains(got[dag+".ingest"].Rendered, "secret:/team/prod/warehouse/password") {
					t.Errorf("the rendered fields of %s hold no reference: %s", dag, got[dag+".ingest"].Rendered)
				}
			}
			for _, dag := range wrong {
				a.writeWrong(dag)
				got := a.dagsTest("wrong_"+dag, "exit status 1")
				for _, task := range tasks[dag] {
					got.failed(t, "wrong_"+dag+"."+task, `NOT_FOUND: no secret "/team/prod/warehouse/typo"`)
				}
			}
			if os.Getenv("OMSE_CAMPAIGN") != "" {
				a.freshBackend()
			}
			a.clean()
		})
	}
}

// installFresh makes a new environment of an Airflow and our wheel, with the
// variables that README.md names and no other of ours.
func installFresh(t *testing.T, name string, packages ...string) installation {
	t.Helper()
	home := t.TempDir()
	a := installation{t: t, name: name, home: home, dags: filepath.Join(home, "dags")}
	a.python = testenv.Fresh(t, name, packages...)
	bin := filepath.Dir(a.python)
	site, err := filepath.Glob(filepath.Join(bin, "..", "lib", "python*", "site-packages"))
	if err != nil || len(site) != 1 {
		t.Fatal(site, err)
	}
	if err := os.CopyFS(site[0], os.DirFS("testdata/stub")); err != nil {
		t.Fatal(err)
	}
	a.writeMetadata(bin)
	a.env = map[string]string{
		"HOME":                         home,
		"PATH":                         bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"AIRFLOW_HOME":                 home,
		"AIRFLOW__CORE__LOAD_EXAMPLES": "False",
	}
	a = a.withSecretsFile().withIndex()
	if out, err := a.command(a.airflow(), "db", "migrate"); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return a
}

// freshBackend runs the example whose task asks Airflow for what a store holds.
func (a installation) freshBackend() {
	a.t.Helper()
	a.write("secrets_backend.py", read(a.t, "secrets_backend.py"))
	backend := a.with(map[string]string{
		"AIRFLOW__SECRETS__BACKEND":        "om_secret_exec.airflow.SecretsBackend",
		"AIRFLOW__SECRETS__BACKEND_KWARGS": backendOptions(a.t, "file"),
	})
	backend.dagsTest("secrets_backend", "").succeeded(a.t, "secrets_backend.use", "as reader with ")
}

func (a installation) airflow() string { return filepath.Join(filepath.Dir(a.python), "airflow") }

// dagsTest runs `airflow dags test`, which must end as said, and returns what the
// database has of the DAG's tasks. The log of each is what the command printed.
func (a installation) dagsTest(dag, end string) outcomes {
	a.t.Helper()
	output, err := a.command(a.airflow(), "dags", "test", dag)
	ended := ""
	if err != nil {
		ended = err.Error()
	}
	if ended != end {
		a.t.Errorf("%s: airflow dags test %s: %q, want %q", a.name, dag, ended, end)
	}
	got := outcomes{}
	if err := json.Unmarshal([]byte(a.run("-c", asked, filepath.Join(a.home, "airflow.db"), dag)), &got); err != nil {
		a.t.Fatal(err)
	}
	for task, o := range got {
		o.log = printed.ReplaceAllString(output, "$1")
		got[task] = o
	}
	return got
}

// printed is what the tasks themselves print of what they were given.
// `airflow dags test` is the one way to run a task that does not mask it.
var printed = regexp.MustCompile(`(?m)(the workflow:|as JSON:|as reader with ).*$`)

// asked prints the outcomes of a DAG's tasks.
const asked = `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("""
    SELECT t.dag_id || '.' || t.task_id || CASE WHEN t.map_index < 0 THEN '' ELSE '[' || t.map_index || ']' END,
           t.state, t.try_number, coalesce(r.rendered_fields, '')
    FROM task_instance t LEFT JOIN rendered_task_instance_fields r
    ON (r.dag_id, r.run_id, r.task_id, r.map_index) = (t.dag_id, t.run_id, t.task_id, t.map_index)
    WHERE t.dag_id = ?""", sys.argv[2:])
print(json.dumps({task: {"state": state, "tries": tries, "rendered": rendered} for task, state, tries, rendered in rows}))
`
