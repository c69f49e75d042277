// Package testenv gives tests what Go alone does not: Python environments,
// servers (AWS's protocols, OpenBao, Kubernetes, PostgreSQL, a double of
// OpenMetadata), a proxy that makes the hosts of clouds local, and the program
// itself as a binary. Only tests import it; a test
// in internal/arrows holds that.
//
// Environments and servers are installed by tools/testenv.py (`make test-env`),
// which `make test` runs first. A test that needs one carries the build tag
// integration, and fails when it is missing: it never skips. The proxy needs
// nothing but Go.
//
// Whatever is started belongs to the test process. A package that starts a
// server calls [Main] from its TestMain, which stops it; a test process that is
// killed takes its servers with it all the same, because each watches a pipe
// that the kernel closes.
package testenv

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Main runs a package's tests and then stops every server and removes every
// file that this package made for them. It does not return.
//
//	func TestMain(m *testing.M) { testenv.Main(m) }
func Main(m *testing.M) { os.Exit(Tests{m}.Run()) }

// Tests is what [Main] runs, for a TestMain that must hand its tests to somebody
// else, such as testscript.Main.
type Tests struct{ M *testing.M }

// Run runs the tests, cleans up, and returns the exit code.
func (t Tests) Run() int {
	defer cleanUp()
	return t.M.Run()
}

// Python returns the interpreter of an environment of tools/testenv.py:
// airflow2 (Airflow 2.11 with OpenMetadata 1.12), airflow3 (Airflow 3 with
// current OpenMetadata; om2 is another name of it), om110 and om113 (OpenMetadata
// without Airflow), plain (CPython with PyYAML and cryptography), containers
// (Airflow's operators for Docker and Kubernetes, without Airflow), precommit
// (pre-commit), or shim (what checks the Python package).
func Python(t testing.TB, name string) string {
	t.Helper()
	return installed(t, name)
}

// installed returns the program that tools/testenv.py names for an environment:
// of most the interpreter, of kube the API server.
func installed(t testing.TB, name string) string {
	t.Helper()
	path, err := lookUp(Root(t), name)
	if err != nil {
		t.Fatalf("finding the environment %q: %v", name, err)
	}
	return path
}

// Root returns the directory of the module's go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd() // go test runs in the package's directory
	if err != nil {
		t.Fatalf("finding the module root: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("finding the module root: no go.mod above the test's directory")
		}
		dir = parent
	}
}

// Binary builds the program once per test process, as it is released
// (CGO_ENABLED=0, stripped), and returns its path.
func Binary(t testing.TB) string {
	t.Helper()
	binary.Lock()
	defer binary.Unlock()
	if binary.path == "" {
		dir, err := os.MkdirTemp("", "om-secret-exec-test-") //nolint:usetesting // it outlives the test that came first
		if err != nil {
			t.Fatalf("building the program: %v", err)
		}
		atEnd(func() { _ = os.RemoveAll(dir) })
		path := filepath.Join(dir, "om-secret-exec")
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./cmd/om-secret-exec")
		cmd.Dir = Root(t)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building the program: %v\n%s", err, out)
		}
		binary.path = path
	}
	return binary.path
}

// What one test process shares. Tests of a package run in one process, and
// starting a server for each of them would cost more than the tests.
var (
	binary struct {
		sync.Mutex
		path string
	}
	programs sync.Map // name -> path
	cleanups struct {
		sync.Mutex
		funcs []func()
	}
)

func atEnd(f func()) {
	cleanups.Lock()
	defer cleanups.Unlock()
	cleanups.funcs = append(cleanups.funcs, f)
}

func cleanUp() {
	cleanups.Lock()
	defer cleanups.Unlock()
	for _, f := range cleanups.funcs {
		f()
	}
	cleanups.funcs = nil
}

// lookUp asks tools/testenv.py where an environment is: the name of its
// directory depends on pins that only the script reads.
func lookUp(root, name string) (string, error) {
	if name == "om2" {
		name = "airflow3"
	}
	if path, ok := programs.Load(name); ok {
		return path.(string), nil
	}
	cmd := exec.Command(hostPython(), filepath.Join(root, "tools", "testenv.py"), "--path", name)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", &setupError{output: strings.TrimSpace(stderr.String()), cause: err}
	}
	path := strings.TrimSpace(string(out))
	programs.Store(name, path)
	return path, nil
}

// hostPython returns the Python that the Makefile was told to use.
func hostPython() string {
	if python := os.Getenv("PYTHON"); python != "" {
		return python
	}
	return "python3"
}

// setupError is a failed run of tools/testenv.py, which says itself what to do.
type setupError struct {
	output string
	cause  error
}

func (e *setupError) Error() string {
	if e.output == "" {
		return e.cause.Error()
	}
	return e.output
}

func (e *setupError) Unwrap() error { return e.cause }
