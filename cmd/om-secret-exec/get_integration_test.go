//go:build integration

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// askAirflow prints what conf.get answers, or the error it ends with.
const askAirflow = `
import json, sys
from airflow.configuration import conf
answers = {}
for section, option in json.load(sys.stdin):
    try:
        answers[option] = conf.get(section, option)
    except Exception as e:
        answers[option] = f"{type(e).__name__}: {e}"
sys.stdout.write("\n" + json.dumps(answers))
`

// TestAirflowCommands has real Airflow run get for its _CMD options.
func TestAirflowCommands(t *testing.T) {
	t.Parallel()
	const key = "S3NTINEL0123456789abcdefghijklmnopqrstuvwxy="
	for _, version := range []string{"airflow2", "airflow3"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			python, home := testenv.Python(t, version), t.TempDir()
			write(t, home, "secrets.yaml", "/key: "+key+"\n/odd: \"%$HOME 'é'\\n\"\n/null: \"null\"\n")
			write(t, home, "airflow.cfg", "[secrets]\nbackend_kwargs_cmd = om-secret-exec get /odd\n")
			env := append(os.Environ(),
				"AIRFLOW_HOME="+home, "HOME="+home,
				"PATH="+filepath.Dir(testenv.Binary(t))+":"+os.Getenv("PATH"),
				"OM_SECRET_EXEC_PROVIDER=file", "OM_SECRET_EXEC_SECRETS_FILE="+filepath.Join(home, "secrets.yaml"),
				"AIRFLOW__CORE__FERNET_KEY_CMD=om-secret-exec get /key",
				"AIRFLOW__SENTRY__SENTRY_DSN_CMD=om-secret-exec get 'secret:/absent?default=S3NTINEL default'",
				"AIRFLOW__LOGGING__REMOTE_TASK_HANDLER_KWARGS_CMD=om-secret-exec get /null",
			)

			cli := exec.CommandContext(t.Context(), python, "-m", "airflow", "config", "get-value", "core", "fernet_key")
			cli.Env = env
			out, err := cli.Output()
			if lines := strings.Split(string(out), "\n"); err != nil || len(lines) < 2 || lines[len(lines)-2] != key {
				t.Errorf("airflow config get-value prints %q (%v)", out, err)
			}

			conf := exec.CommandContext(t.Context(), python, "-c", askAirflow)
			conf.Env = env
			conf.Stdin = strings.NewReader(`[["core", "fernet_key"], ["secrets", "backend_kwargs"], ["sentry", "sentry_dsn"], ["logging", "remote_task_handler_kwargs"]]`)
			out, err = conf.Output()
			var answers map[string]string
			if err != nil || json.Unmarshal(out[strings.LastIndex(string(out), "\n")+1:], &answers) != nil {
				t.Fatalf("conf.get: %v, %q", err, out)
			}
			for option, want := range map[string]string{
				"fernet_key": key, "backend_kwargs": "%$HOME 'é'\n", "sentry_dsn": "S3NTINEL default",
			} {
				if answers[option] != want {
					t.Errorf("%s is %q, want %q", option, answers[option], want)
				}
			}
			failure := answers["remote_task_handler_kwargs"]
			if !strings.HasPrefix(failure, "AirflowConfigException: ") || !strings.Contains(failure, "BAD_VALUE: the value is the text null") {
				t.Errorf("a secret that is null gives %q", failure)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
