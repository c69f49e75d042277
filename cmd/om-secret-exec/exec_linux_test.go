package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// running is an exec whose command has started.
type running struct {
	cmd            *exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr *bytes.Buffer
	run            string // the place for links
}

// execEnv writes a workflow and the store for it.
func execEnv(t *testing.T) (wf string, env []string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"wf.yaml":      "a: secret:/p\n",
		"secrets.json": `{"/p": "S3NTINEL"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "wf.yaml"), []string{
		"OM_SECRET_EXEC_PROVIDER=file", "OM_SECRET_EXEC_SECRETS_FILE=" + filepath.Join(dir, "secrets.json"),
		"XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"), "PATH=" + os.Getenv("PATH"),
	}
}

// begin starts exec with a shell script as the command, of which $1 is the path.
// The script says "ready" on standard output, and begin waits for that.
func begin(t *testing.T, env []string, wf, script string, flags ...string) running {
	t.Helper()
	args := append(append([]string{"exec", "--quiet"}, flags...), wf, "--", "sh", "-c", script, "sh", "{}")
	cmd, stdout, stderr := program(t, env, args...)
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	word := make([]byte, len("ready\n"))
	if _, err := io.ReadFull(out, word); err != nil {
		t.Fatalf("the command does not start: %v; %s", err, stderr)
	}
	r := running{cmd, stdin, stdout, stderr, filepath.Join(filepath.Dir(wf), "run")}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	go io.Copy(stdout, out)
	return r
}

// links are the paths of what is in the place for links.
func (r running) links(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(r.run + "/*/*")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestExecIsTheCommand shows that signals reach the command and that its end is
// what the parent sees; and that nothing but a link that leads nowhere is left.
func TestExecIsTheCommand(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			wf, env := execEnv(t)
			r := begin(t, env, wf, "echo ready; exec cat")
			comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", r.cmd.Process.Pid))
			if err != nil || string(comm) != "cat\n" && string(comm) != "sh\n" {
				t.Errorf("our process is %q, %v", comm, err)
			}
			if err := r.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = r.cmd.Wait()
			status, _ := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
			if !status.Signaled() || status.Signal() != sig {
				t.Errorf("it ended with %v, want signal %v", r.cmd.ProcessState, sig)
			}
			for _, link := range r.links(t) {
				if _, err := os.Stat(link); err == nil {
					t.Errorf("%s still leads somewhere", link)
				}
			}
		})
	}
}

// TestExecSweeps: a neighbour's link stays while it lives, and is removed by the
// first run after.
func TestExecSweeps(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	one := begin(t, env, wf, `echo ready; cat >/dev/null; cat "$1"`)
	first := one.links(t)
	two := begin(t, env, wf, "echo ready; exec cat")
	if both := two.links(t); len(first) != 1 || len(both) != 2 {
		t.Fatalf("links: %q, then %q", first, both)
	}
	// The first command opens its document only now.
	one.stdin.Close()
	if err := one.cmd.Wait(); err != nil {
		t.Errorf("the first: %v; %s", err, one.stderr)
	}
	two.stdin.Close()
	if err := two.cmd.Wait(); err != nil {
		t.Error(err)
	}
	three := begin(t, env, wf, "echo ready; exec cat")
	if last := three.links(t); len(last) != 1 {
		t.Errorf("links: %q, want the last run's alone", last)
	}
}

// TestExecWhoCanRead: children and theirs can open the path, late or not, and
// descriptors that scripts use for themselves do not matter.
func TestExecWhoCanRead(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"child":               `cat "$1"`,
		"grandchild":          `(sh -c 'cat "$1" | cat' sh "$1")`,
		"background":          `cat "$1" & wait`,
		"twice":               `cat "$1" >/dev/null; cat "$1"`,
		"from elsewhere":      `cd / && cat "$1"`,
		"own low descriptors": `exec 3</dev/null 4>/dev/null 5>&1 9</dev/null; cat "$1"`,
		"bash's own":          `bash -c 'exec {a}</dev/null {b}</dev/null; cat "$1"' bash "$1"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wf, env := execEnv(t)
			cmd, stdout, stderr := program(t, env, "exec", "--quiet", wf, "--", "sh", "-c", script, "sh", "{}")
			if err := cmd.Run(); err != nil || stdout.String() != "a: \"S3NTINEL\"\n" {
				t.Errorf("stdout %q, stderr %q, %v", stdout, stderr, err)
			}
		})
	}
}
