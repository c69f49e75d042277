//go:build integration

package airflow

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// outcome is what became of a task.
type outcome struct {
	State string
	Tries int
	Logs  []string // their files
	log   string

	Rendered string // its fields in Airflow's database; dagsTest asks for them
}

// outcomes are those of DAG.TASK, or DAG.TASK[INDEX].
type outcomes map[string]outcome

// dagRuns runs DAGs to their ends, retries included.
func (a installation) dagRuns(dags ...string) outcomes {
	a.t.Helper()
	runner, err := filepath.Abs("testdata/run.py")
	if err != nil {
		a.t.Fatal(err)
	}
	output := a.run(append([]string{runner}, dags...)...)
	all := outcomes{}
	for line := range strings.Lines(output) {
		if results, ok := strings.CutPrefix(line, "RESULTS "); ok {
			if err := json.Unmarshal([]byte(results), &all); err != nil {
				a.t.Fatal(err)
			}
		}
	}
	for name, o := range all {
		for _, file := range o.Logs {
			o.log += read(a.t, file)
		}
		all[name] = o
	}
	if strings.Contains(output, "S3NTINEL") {
		a.t.Errorf("%s prints a value", a.name)
	}
	return all
}

// succeeded fails the test unless a task did, at its first try, with all of these
// in its log and no value.
func (o outcomes) succeeded(t testing.TB, task string, said ...string) {
	t.Helper()
	o.ended(t, task, "success", said...)
}

// failed is succeeded for a task that did not, and that was not tried again.
func (o outcomes) failed(t testing.TB, task string, said ...string) {
	t.Helper()
	o.ended(t, task, "failed", said...)
}

func (o outcomes) ended(t testing.TB, task, state string, said ...string) {
	t.Helper()
	got, ok := o[task]
	if !ok {
		t.Errorf("%s was not run", task)
		return
	}
	if got.State != state || got.Tries != 1 {
		t.Errorf("%s: %s after %d tries, want %s\n%s", task, got.State, got.Tries, state, got.log)
	}
	for _, text := range said {
		if !strings.Contains(got.log, text) {
			t.Errorf("the log of %s has no %q:\n%s", task, text, got.log)
		}
	}
	if strings.Contains(got.log, "S3NTINEL") {
		t.Errorf("the log of %s holds a value:\n%s", task, got.log)
	}
}
