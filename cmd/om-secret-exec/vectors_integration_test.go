//go:build integration

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// vector is a case of internal/airflowcfg/testdata with Airflow's answer.
type vector struct {
	Name                    string
	Files                   map[string][]byte
	Env                     map[string]string
	Section, Option, Method string
	Airflow3                struct {
		Value, Error string
		Absent       bool
	}
}

// TestGetValueAnswersAsAirflow puts each vector of conf.get to the program.
func TestGetValueAnswersAsAirflow(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(testenv.Root(t), "internal", "airflowcfg", "testdata", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, v := range vectors {
		if v.Method != "get" { //nolint:usestdlibvars // conf.get, not HTTP's
			continue
		}
		asked++
		t.Run(v.Name, func(t *testing.T) { askProgram(t, v) })
	}
	if asked < 200 {
		t.Errorf("asked %d times, want at least 200", asked)
	}
}

func askProgram(t *testing.T, v vector) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range v.Files {
		path := filepath.Join(dir, name)
		if data == nil { // a directory
			path = filepath.Join(path, "x")
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if data == nil {
			continue
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), testenv.Binary(t), "config", "get-value", v.Section, v.Option)
	cmd.Dir, cmd.Env = dir, []string{}
	for name, value := range v.Env {
		cmd.Env = append(cmd.Env, name+"="+strings.ReplaceAll(value, "{tmp}", dir))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	code := exitOf(t, cmd.Run())
	want, wantCode := v.Airflow3.Value+"\n", exitOK
	switch {
	case v.Airflow3.Error != "":
		want, wantCode = "", exitUsage
	case v.Airflow3.Absent:
		want, wantCode = "", exitReference
	}
	if got := strings.ReplaceAll(stdout.String(), dir, "{tmp}"); got != want || code != wantCode {
		t.Errorf("printed %q with exit %d, want %q with %d; stderr %q", got, code, want, wantCode, stderr.String())
	}
}
