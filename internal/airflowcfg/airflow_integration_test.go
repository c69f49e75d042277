//go:build integration

package airflowcfg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/testenv"
)

// TestAirflow asks the real Airflows every hand-made case: the checked-in
// answers are still theirs, and ours are the same.
func TestAirflow(t *testing.T) {
	vectors := readVectors(t)
	for _, airflow := range []string{"airflow2", "airflow3"} {
		t.Run(airflow, func(t *testing.T) {
			answers := askPython[vector, answer](t, testenv.Python(t, airflow), "airflow_eval.py", vectors)
			for i, v := range vectors {
				live := answers[i]
				checked := v.Airflow2
				if airflow == "airflow3" {
					checked = v.Airflow3
				}
				if live != checked {
					t.Errorf("%s: %s answers %+v, vectors.json has %+v", v.Name, airflow, live, checked)
				}
				if live != v.want() && live.Error == "" {
					t.Errorf("%s: %s answers %+v, we want %+v", v.Name, airflow, live, v.want())
				}
			}
		})
	}
	for _, v := range vectors {
		if got := replay(t, v); got != v.want() {
			t.Errorf("%s: we answer %+v, Airflow %+v", v.Name, got, v.want())
		}
	}
}

// start is a case for a whole Airflow process.
type start struct {
	Section string   `json:"section"`
	Options []string `json:"options"`
	name    string
	config  string
	env     []string // "{tmp}" is the directory of airflow.cfg
}

type started struct {
	Values map[string]*string `json:"values"`
	Error  string             `json:"error"`
}

// TestAirflowStarts starts Airflow for each case, which takes seconds.
func TestAirflowStarts(t *testing.T) {
	const ours = "openmetadata_secrets_manager"
	options := []string{"aws_region", "aws_access_key_id", "aws_secret_access_key", "missing"}
	tests := []start{
		{ours, options, "home", "[" + ours + "]\naws_region = eu-west-1 ; c\naws_access_key_id = $WHO\naws_secret_access_key =\n  a%%b\n", []string{"AIRFLOW_HOME={tmp}", "WHO=AKIA"}},
		{ours, options, "config and variables", "[" + ours + "]\naws_region = eu-west-1\naws_access_key_id = file\n", []string{
			"AIRFLOW_HOME=/nonexistent", "DIR={tmp}", "AIRFLOW_CONFIG=$DIR/airflow.cfg",
			"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_ACCESS_KEY_ID=", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SECRET_ACCESS_KEY=~/50%",
		}},
		{ours, options, "duplicate option", "[" + ours + "]\naws_region = a\naws_region = b\n", []string{"AIRFLOW_HOME={tmp}"}},
		{ours, options, "percent", "[" + ours + "]\naws_region = 5%\n", []string{"AIRFLOW_HOME={tmp}"}},
	}
	for _, airflow := range []string{"airflow2", "airflow3"} {
		for _, tt := range tests {
			t.Run(airflow+"/"+tt.name, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "airflow.cfg"), []byte(tt.config), 0o600); err != nil {
					t.Fatal(err)
				}
				env := []string{"_AIRFLOW__AS_LIBRARY=1", "HOME=/h"}
				for _, v := range tt.env {
					env = append(env, strings.ReplaceAll(v, "{tmp}", dir))
				}
				want := askPython[start, started](t, testenv.Python(t, airflow), "airflow_start.py", []start{tt}, env...)[0]
				if diff := cmp.Diff(want, tt.ours(t, env)); diff != "" {
					t.Errorf("Airflow (-) and we (+) differ:\n%s", diff)
				}
			})
		}
	}
}

// ours is our answer to the case in this environment.
func (s start) ours(t *testing.T, env []string) started {
	t.Helper()
	vars := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		vars[name] = value
	}
	c, err := Load(Options{Env: lookupIn(vars)})
	if err != nil {
		return started{Values: map[string]*string{}, Error: exception(t, err)}
	}
	values := map[string]*string{}
	for _, option := range s.Options {
		v, ok, err := c.Get(s.Section, option)
		if err != nil {
			return started{Values: map[string]*string{}, Error: exception(t, err)}
		}
		values[option] = nil
		if ok {
			values[option] = &v.Text
		}
	}
	return started{Values: values}
}
