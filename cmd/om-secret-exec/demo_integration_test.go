//go:build integration

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestDemo runs what `make demo` runs.
func TestDemo(t *testing.T) {
	t.Parallel()
	root := testenv.Root(t)
	demo := exec.CommandContext(t.Context(), testenv.Python(t, "plain"),
		filepath.Join(root, "examples", "demo", "demo.py"), testenv.Binary(t))
	demo.Env = append(demo.Environ(), "OM_SECRET_EXEC_PROVIDER=aws") // not the demonstration's
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("demo.py: %v\n%s", err, out)
	}
	for _, want := range []string{
		"+      privateKey: &key \"<key:", "broken.yaml:11:17: FIELD_NOT_FOUND", "broken.yaml:15:38: NOT_FOUND",
		"exit code 3, 0 bytes on standard output",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the demonstration does not show %q:\n%s", want, out)
		}
	}
}
