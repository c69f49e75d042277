//go:build integration

package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"om-secret-exec/internal/testenv"
)

// TestValuesAreNowhereElse plants a value of its own in every store, runs the
// program in each way that can end, and looks for the values wherever a process
// can leave something: in what it prints, in its arguments and environment and
// those of its children, and in every file that was written meanwhile.
func TestValuesAreNowhereElse(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Fatal("this test looks into /proc")
	}
	w := newWatch(t)
	workflow := w.workflow(t, "wf.yaml", "")
	broken := w.workflow(t, "broken.yaml", "broken: secret:/not/there?store=file\n")

	t.Run("resolve", func(t *testing.T) {
		r := w.run(t, "resolve", "--verbose", workflow)
		r.exits(t, 0)
		w.everyValueIn(t, r.stdout)
		w.nowhere(t, r)
	})
	t.Run("out", func(t *testing.T) {
		out := filepath.Join(w.dir, "out.yaml")
		r := w.run(t, "resolve", "--verbose", workflow, "--out", out)
		r.exits(t, 0)
		w.everyValueIn(t, readFileOf(t, out))
		w.noneIn(t, "standard output", r.stdout)
		w.nowhere(t, r, out)
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("failure", func(t *testing.T) {
		r := w.run(t, "resolve", "--verbose", broken, "--out", filepath.Join(w.dir, "none.yaml"))
		r.exits(t, exitReference)
		w.noneIn(t, "standard output", r.stdout)
		w.nowhere(t, r)
	})
	t.Run("panic", func(t *testing.T) {
		w := *w
		w.program = panicking(t)
		for _, args := range [][]string{{"resolve", workflow}, {"exec", workflow, "--", "cat", "{}"}} {
			r := w.run(t, append(args, "--verbose")[:len(args)]...)
			r.exits(t, exitBug)
			w.noneIn(t, "standard output", r.stdout)
			w.nowhere(t, r)
		}
	})
	t.Run("exec", func(t *testing.T) { w.exec(t, workflow) })
	t.Run("killed", func(t *testing.T) { w.killed(t) })
}

// exec looks through the eyes of the command that the program becomes: its
// arguments, its environment and its file, and those of a child of its own.
func (w *watch) exec(t *testing.T, workflow string) {
	const look = `tr '\0' ' ' </proc/self/cmdline; env; sh -c 'tr "\0" " " </proc/$PPID/cmdline; env; :'`
	r := w.run(t, "exec", "--verbose", workflow, "--", "sh", "-c", look, "sh", "{}")
	r.exits(t, 0)
	w.noneIn(t, "arguments or environment of the command", r.stdout)
	w.nowhere(t, r)

	r = w.run(t, "exec", workflow, "--", "cat", "{}")
	r.exits(t, 0)
	w.everyValueIn(t, r.stdout)
	w.nowhere(t, r)

	// A variable is visible in the environment, which is what was asked for.
	named := *w
	e := *w.everywhere
	named.everywhere = &e
	named.env = append(slices.Clone(w.env), "config="+string(readFileOf(t, workflow)))
	r = named.run(t, "exec", "--env", "config", "--", "sh", "-c", `tr '\0' ' ' </proc/self/cmdline; printf %s "$config" >&2`)
	r.exits(t, 0)
	w.noneIn(t, "arguments of the command", r.stdout)
	w.everyValueIn(t, r.stderr)
	r.stderr = nil
	w.nowhere(t, r)

	r = w.run(t, "exec", workflow, "--", "sh", "-c", "kill -KILL $$", "{}")
	w.nowhere(t, r)
	r = w.run(t, "exec", "--file", w.dir, workflow, "--", "sh", "-c", "kill -KILL $$", "{}")
	r.exits(t, exitSignal+int(syscall.SIGKILL))
	w.nowhere(t, r)
}

// killed ends the program in the middle, when it has the values of all stores
// but one that never answers, by the signals that leave no time to clean up.
func (w *watch) killed(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // never accepts
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	e := *w.everywhere
	watch := *w
	watch.everywhere = &e
	for _, s := range []string{
		"PROVIDER=aws", "AWS_ENDPOINT_URL=http://" + silent.Addr().String(), "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=x",
	} {
		watch.env = append(slices.Clone(watch.env), "OM_SECRET_EXEC_STORE_SILENT_"+s)
	}
	workflow := w.workflow(t, "silent.yaml", "silent: secret:/x?store=silent\n")
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGTERM} {
		for _, args := range [][]string{
			{"resolve", "--verbose", workflow},
			{"resolve", "--verbose", workflow, "--out", filepath.Join(w.dir, "killed.yaml")},
			{"exec", "--verbose", "--file", w.dir, workflow, "--", "cat", "{}"},
		} {
			r := watch.kill(t, sig, args)
			watch.noneIn(t, "standard output", r.stdout)
			watch.nowhere(t, r)
		}
	}
}

// panicking builds the program with a panic that quotes the finished document,
// at the moment when it is to be handed over.
func panicking(t *testing.T) string {
	t.Helper()
	source := filepath.Join(testenv.Root(t), "cmd", "om-secret-exec", "render.go")
	const before = "	out, err := j.doc.Render(r)\n"
	text := string(readFileOf(t, source))
	if strings.Count(text, before) != 1 {
		t.Fatal("render.go has changed: say anew where the program is to panic")
	}
	dir := t.TempDir()
	changed, overlay, binary := filepath.Join(dir, "render.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "om-secret-exec")
	text = strings.Replace(text, before, before+"	panic(string(out))\n", 1)
	if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err == nil {
		err = os.WriteFile(overlay, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, "om-secret-exec/cmd/om-secret-exec")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building with a panic: %v\n%s", err, out)
	}
	return binary
}
