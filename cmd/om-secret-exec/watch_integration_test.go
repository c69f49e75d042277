//go:build integration

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"om-secret-exec/internal/testenv"
)

// watch is a place to run in, and what to look for.
type watch struct {
	*everywhere
	start        time.Time
	program, dir string
	// before are the files that held a value before anything ran: the stores' own.
	before []string
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	start := time.Now().Add(-time.Second) // file systems keep coarser time than clocks
	w := &watch{everywhere: newEverywhere(t, nil), start: start, program: testenv.Binary(t), dir: t.TempDir()}
	w.env = append(w.env, "PATH="+os.Getenv("PATH"), "HOME="+w.dir, "TMPDIR="+os.TempDir(),
		"AWS_EC2_METADATA_DISABLED=true", "GOTRACEBACK=crash") // which asks Go for cores
	w.before = w.filesWithValues(t)
	for _, path := range w.planted {
		if !slices.Contains(w.before, path) {
			t.Fatalf("the search does not find what is in %s", path)
		}
	}
	return w
}

// workflow writes one with a reference to every store.
func (w *watch) workflow(t *testing.T, name, more string) string {
	t.Helper()
	text := "secretsManagerProvider: db\n" + more
	for store, ref := range w.refs {
		text += fmt.Sprintf("%s: %q\n", store, ref)
	}
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ran is a run that has ended.
type ran struct {
	code           int
	stdout, stderr []byte
}

func (r ran) exits(t *testing.T, want int) {
	t.Helper()
	if r.code != want {
		t.Fatalf("exit %d, want %d; it says\n%s", r.code, want, r.stderr)
	}
}

func (w *watch) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.program, args...)
	cmd.Env, cmd.Dir = w.env, w.dir
	return cmd
}

func (w *watch) run(t *testing.T, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := w.command(t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	return ran{code: exitOf(t, cmd.Run()), stdout: stdout.Bytes(), stderr: stderr.Bytes()}
}

func (w *watch) everyValueIn(t *testing.T, text []byte) {
	t.Helper()
	for store, value := range w.values {
		if !bytes.Contains(text, []byte(value)) {
			t.Errorf("the value of store %s is missing", store)
		}
	}
}

func (w *watch) noneIn(t *testing.T, where string, text []byte) {
	t.Helper()
	for store, value := range w.values {
		if bytes.Contains(text, []byte(value)) {
			t.Errorf("the value of store %s is in %s", store, where)
		}
	}
}

// nowhere looks at what a run has said and at every file, but those where values
// belong.
func (w *watch) nowhere(t *testing.T, r ran, belongs ...string) {
	t.Helper()
	w.noneIn(t, "standard error", r.stderr)
	for _, path := range w.filesWithValues(t) {
		if !slices.Contains(w.before, path) && !slices.Contains(belongs, path) {
			t.Errorf("a value is in the file %s", path)
		}
	}
}

// places are where a program of ours could write.
func (w *watch) places() []string {
	return []string{w.dir, os.TempDir(), "/tmp", "/var/tmp", "/dev/shm", "/run", "/var/lib/systemd/coredump", "/var/crash"}
}

// filesWithValues lists the files written since the test began that hold a value.
func (w *watch) filesWithValues(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, place := range w.places() {
		err := filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil: // gone meanwhile, or not ours to see
				return nil
			case d.IsDir() && strings.HasPrefix(d.Name(), "go-"): // of other tests' compiler
				return fs.SkipDir
			case d.Type().IsRegular() && w.holdsValue(path, d):
				found[path] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (w *watch) holdsValue(path string, d fs.DirEntry) bool {
	if info, err := d.Info(); err != nil || info.ModTime().Before(w.start) {
		return false
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for _, value := range w.values {
		if bytes.Contains(data, []byte(value)) {
			return true
		}
	}
	return false
}

// kill starts a run, waits until every store but the silent one has answered,
// looks at the process, and sends the signal.
func (w *watch) kill(t *testing.T, sig syscall.Signal, args []string) ran {
	t.Helper()
	// The shell lifts the limit on cores for what it becomes.
	cmd := w.command(t)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Path, cmd.Args = shell, append([]string{"sh", "-c", `ulimit -c unlimited; exec "$@"`, "sh", w.program}, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout = &stdout
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers, lines := 0, bufio.NewScanner(said)
	for answers < len(w.values) && lines.Scan() {
		fmt.Fprintln(&stderr, lines.Text())
		if strings.Contains(lines.Text(), "step: asked store") {
			answers++
		}
	}
	if answers < len(w.values) {
		t.Fatalf("%d of %d stores answered; it says\n%s", answers, len(w.values), &stderr)
	}
	for _, name := range []string{"cmdline", "environ"} {
		w.noneIn(t, name, readFileOf(t, fmt.Sprintf("/proc/%d/%s", cmd.Process.Pid, name)))
	}
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		fmt.Fprintln(&stderr, lines.Text())
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it ended with %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.CoreDump() {
		t.Errorf("%s makes it dump a core", sig)
	}
	return ran{stdout: stdout.Bytes(), stderr: stderr.Bytes()}
}

func readFileOf(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
