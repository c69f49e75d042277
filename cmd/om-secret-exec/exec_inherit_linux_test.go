package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// ownNumbers are lines that differ between any two processes. FDSize, the room in
// the table of descriptors, is one: it grows for the document's high number.
var ownNumbers = regexp.MustCompile(`(?m)^(Name|Pid|Tgid|NStgid|NSpid|NSpgid|NSsid|PPid|FDSize|Vm\w+|Rss\w+|Hugetlb\w+|SigQ|Threads|\w*_ctxt_switches|Mems_\w+|THP_enabled|CoreDumping|pos|ino|mnt_id):.*\n`)

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
	for line := range strings.Lines(stdout.String()) {
		name, hex, _ := strings.Cut(strings.TrimSpace(line), ":\t")
		set, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		// Whoever runs the tests may ignore other signals, and those stay so.
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGCHLD, syscall.SIGQUIT, syscall.SIGPIPE} {
			if set&(1<<(sig-1)) != 0 {
				t.Errorf("%s has %s; docs/design.md says that it has not", name, sig)
			}
		}
	}
	if n := strings.Count(stdout.String(), "\n"); n != 2 {
		t.Errorf("grep found %d lines, want 2", n)
	}
}
