//go:build integration

package airflowcfg

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// askPython runs a script of testdata once, gives it the cases as JSON lines,
// and returns its answers, one for each case.
func askPython[Case, Answer any](t *testing.T, python, script string, cases []Case, env ...string) []Answer {
	t.Helper()
	var in, out, words bytes.Buffer
	for _, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", script))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &words
	cmd.Env = append(cmd.Environ(), env...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("running %s: %v\n%s", script, err, words.Bytes())
	}
	var answers []Answer
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var a Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatalf("%s answered %q: %v", script, lines.Bytes(), err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(cases) {
		t.Fatalf("%s gave %d answers to %d cases\n%s", script, len(answers), len(cases), words.Bytes())
	}
	return answers
}
