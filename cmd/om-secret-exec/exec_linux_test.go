package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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

// A signal that comes while a store is asked ends us, the command never runs,
// and not even a link is left.
func TestExecSignalWhileResolving(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{nil, {"--file", "."}} {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
			t.Run(fmt.Sprint(flags, sig), func(t *testing.T) {
				t.Parallel()
				store, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				wf, env := execEnv(t)
				dir := filepath.Dir(wf)
				env = append(env, "AWS_ENDPOINT_URL=http://"+store.Addr().String(), "AWS_DEFAULT_REGION=eu-west-1",
					"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=S3NTINEL", "OM_SECRET_EXEC_PROVIDER=aws")
				args := append(append([]string{"exec"}, flags...), wf, "--", "touch", "ran", "{}")
				cmd, _, stderr := program(t, env, args...)
				cmd.Dir = dir
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				conn, err := store.Accept()
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				if got, want := exitOf(t, cmd.Wait()), exitSignal+int(sig); got != want {
					t.Errorf("exit code %d, want %d; %s", got, want, stderr)
				}
				var left []string
				for _, pattern := range []string{"ran", "om-*", "run/*/*"} {
					found, _ := filepath.Glob(filepath.Join(dir, pattern))
					left = append(left, found...)
				}
				if left != nil {
					t.Errorf("left: %q", left)
				}
			})
		}
	}
}

// TestExecFileSignals: the parent that stays hands signals on, and removes the
// file also when they end the command.
func TestExecFileSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{
		syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.Signal(40),
	} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			wf, env := execEnv(t)
			dir := t.TempDir()
			r := begin(t, env, wf, "ulimit -c 0; echo ready; exec cat", "--file", dir)
			if files, _ := os.ReadDir(dir); len(files) != 1 {
				t.Errorf("%d files while the command runs, want 1", len(files))
			}
			if err := r.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if got, want := exitOf(t, r.cmd.Wait()), exitSignal+int(sig); got != want {
				t.Errorf("exit code %d, want %d; %s", got, want, r.stderr)
			}
			if files, _ := os.ReadDir(dir); len(files) != 0 {
				t.Errorf("left: %v", files)
			}
		})
	}
}

// TestExecFileKilled: what a killed parent leaves is removed by the next run.
func TestExecFileKilled(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	dir := t.TempDir()
	r := begin(t, env, wf, "echo ready; exec cat", "--file", dir)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.cmd.Process.Wait(); err != nil { // the command lives on
		t.Fatal(err)
	}
	defer r.stdin.Close()
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Fatalf("%d files left, want 1", len(left))
	}
	next := begin(t, env, wf, "echo ready; exec cat", "--file", dir)
	now, _ := os.ReadDir(dir)
	if len(now) != 1 || now[0].Name() == left[0].Name() {
		t.Errorf("first %v, then %v", left, now)
	}
	next.stdin.Close()
	if err := next.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

var ownNumbers = regexp.MustCompile(`(?m)^(Name|Pid|Tgid|NStgid|NSpid|NSpgid|NSsid|PPid|Vm\w+|Rss\w+|Hugetlb\w+|SigQ|Threads|\w*_ctxt_switches|Mems_\w+|THP_enabled|CoreDumping|pos|ino|mnt_id):.*\n`)

// TestExecInherits compares what a command finds with and without us: limits,
// signals, descriptors and their flags, the environment, the umask.
func TestExecInherits(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	env = append(env, "ODD=a=b", "EMPTY=")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A parent with peculiarities: what of them can be inherited must be.
	const parent = `umask 027; ulimit -Sn 300; ulimit -Sc 0; cd /; exec 5</dev/null 7>/dev/null
		exec env --ignore-signal=HUP,INT --block-signal=USR1,WINCH,TSTP "$@"`
	report := func(args ...string) string {
		cmd, stdout, stderr := program(t, env)
		cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", parent, "sh"}, args...)
		cmd.Env[1] = "HOME=/" // program makes a new one each time
		if err := cmd.Run(); err != nil {
			t.Fatalf("%q: %v: %s", args, err, stderr)
		}
		return ownNumbers.ReplaceAllString(stdout.String(), "")
	}
	const fdinfo = "/proc/self/fdinfo/"
	for _, command := range [][]string{
		{"cat", "/proc/self/status", "/proc/self/limits"},
		{"cat", fdinfo + "0", fdinfo + "1", fdinfo + "2", fdinfo + "5", fdinfo + "7"},
		{"ls", "/proc/self/fd/"},
		{"cat", "/proc/self/environ"},
		{"readlink", "/proc/self/cwd"},
		{"cat", "/proc/self/oom_score_adj", "/proc/self/timerslack_ns", "/proc/self/coredump_filter", "/proc/self/cgroup"},
	} {
		for mode, ours := range map[string][]string{
			"variables": {self, "exec", "--quiet", "--", "sh", "-c", `shift; exec "$@"`, "sh", "x"},
			"file":      {self, "exec", "--quiet", wf, "--", "sh", "-c", `shift; exec "$@"`, "sh", "{}"},
		} {
			want := report(append([]string{"sh", "-c", `shift; exec "$@"`, "sh", "x"}, command...)...)
			if mode == "file" && command[0] == "ls" {
				want += "100\n" // the document, and nothing else
			}
			if got := report(append(ours, command...)...); inOrder(got) != inOrder(want) {
				t.Errorf("%s: %q finds\n%s\nwithout us\n%s", mode, command, inOrder(got), inOrder(want))
			}
		}
	}
}

func inOrder(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}

// TestExecSignalsOfGo pins what cannot be handed on: Go's runtime takes signals
// that end a process, and does not tell whether they were blocked or ignored.
func TestExecSignalsOfGo(t *testing.T) {
	t.Parallel()
	_, env := execEnv(t)
	cmd, stdout, stderr := program(t, env, "exec", "--", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
	cmd.Args = append([]string{"env", "--block-signal=TERM,CHLD", "--ignore-signal=QUIT,PIPE", cmd.Path}, cmd.Args[1:]...)
	var err error
	if cmd.Path, err = exec.LookPath("env"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Run(); err != nil {
		t.Fatal(err, stderr)
	}
	if want := "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"; stdout.String() != want {
		t.Errorf("the command has\n%swant\n%s", stdout, want)
	}
}
