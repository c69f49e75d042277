package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Wheel builds this machine's wheel of the Python package, and returns its path.
func Wheel(t testing.TB) string {
	t.Helper()
	root, out := Root(t), t.TempDir()
	run(t, Python(t, "shim"), filepath.Join(root, "tools", "wheels.py"), out, runtime.GOOS+"/"+runtime.GOARCH)
	wheels, err := filepath.Glob(filepath.Join(out, "*.whl"))
	if err != nil || len(wheels) != 1 {
		t.Fatalf("building the wheel: %q, %v", wheels, err)
	}
	return wheels[0]
}

// Fresh makes a virtual environment of the test's own and returns its
// interpreter. It has the packages and what they need, in the versions that the
// environment NAME of tools/testenv.py pins, and nothing else.
func Fresh(t testing.TB, name string, packages ...string) string {
	t.Helper()
	script := filepath.Join(Root(t), "tools", "testenv.py")
	arguments := append([]string{script, "--fresh", filepath.Join(t.TempDir(), name), name}, packages...)
	return strings.TrimSpace(run(t, hostPython(), arguments...))
}

// run returns what a program prints on standard output; it must succeed.
func run(t testing.TB, program string, arguments ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, arguments...)
	var stderr strings.Builder
	cmd.Env, cmd.Stderr = os.Environ(), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s", cmd.Args, err, stderr.String())
	}
	return string(out)
}
