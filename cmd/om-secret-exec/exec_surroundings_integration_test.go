//go:build integration && linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestExecSurroundings needs to be root: it makes namespaces and read-only
// mounts, and becomes somebody else.
func TestExecSurroundings(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it runs unshare, mount and setpriv")
	}
	const readOnly = `for m in / /tmp /run /dev/shm; do if mountpoint -q $m; then mount -o remount,bind,ro $m || exit 99; fi; done; `
	const resolved = "a: \"S3NTINEL\"\n"
	tests := []struct {
		name, script string
		code         int
		stdout       string
		stderr       []string
	}{
		{"pid 1", `exec unshare --pid --fork --mount-proc "$BIN" exec "$WF" -- sh -c 'test $$ = 1 && readlink /proc/self >/dev/null && cat "$1"' sh {}`, 0, resolved, nil},
		{"pid 1, the proc of others", `exec unshare --pid --fork "$BIN" exec "$WF" -- sh -c 'test $$ = 1 && cat "$1"' sh {}`, 0, resolved, nil},
		{"pid 1 as parent", `exec unshare --pid --fork --mount-proc "$BIN" exec --file . "$WF" -- sh -c 'test $$ != 1 && cat "$1"; kill -TERM $$' sh {}`, 143, resolved, nil},
		{"killed parents of other pid namespaces", `mkdir d; for i in 1 2; do unshare --pid --fork --mount-proc sh -c '
			"$BIN" exec --file d "$WF" -- sh -c "kill -KILL \$PPID" {}; true'; done; ls d | wc -l
			exec "$BIN" exec --file d "$WF" -- sh -c 'ls d | wc -l' {}`, 0, "1\n1\n", nil},
		{"a neighbour with another clock", `exec "$BIN" exec "$WF" -- sh -c '
			unshare --time --boottime 100000 "$BIN" exec "$WF" -- true {}; cat "$1"' sh {}`, 0, resolved, nil},
		{"nobody", `exec setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN" exec "$WF" -- sh -c 'test $(id -u) = 65534 && (cat "$1")' sh {}`, 0, resolved, nil},
		{"no writable place but memory", `exec unshare -m sh -c '` + readOnly + `mount -o remount,bind,rw /dev/shm; exec "$BIN" exec "$WF" -- cat {}'`, 0, resolved, nil},
		{"no writable place", `exec unshare -m sh -c '` + readOnly + `exec "$BIN" exec "$WF" -- touch ran {}'`, exitCannotRun, "", []string{
			"no place for the link", "/dev/shm: read-only file system", "/run: read-only", "/tmp: read-only", "hint: set TMPDIR", "--file DIR",
		}},
		{"an output in a read-only directory", `mkdir ro; echo "a: secret:/absent" > absent.yaml
			exec unshare -m sh -c 'mount -t tmpfs -o ro none ro; exec "$BIN" resolve absent.yaml --out ro/x'`, exitOutput, "", []string{
			"writing ro/x: its directory: read-only file system", "hint: choose a directory",
		}},
		{"no proc", `exec unshare -m sh -c 'umount -l /proc; exec "$BIN" exec "$WF" -- touch ran {}'`, exitCannotRun, "", []string{"/proc is not mounted", "hint: mount /proc"}},
		{"somebody else's place", `mkdir place place/om-secret-exec-0; chown 65534 place/om-secret-exec-0; chmod 700 place/om-secret-exec-0
			XDG_RUNTIME_DIR=$PWD/place exec "$BIN" exec "$WF" -- echo {}`, 0, "/dev/shm/om-secret-exec-0/", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wf, env := execEnv(t)
			dir := filepath.Dir(wf)
			open(t, dir)
			bin := filepath.Join(dir, "om-secret-exec")
			copyFile(t, testenv.Binary(t), bin)
			// The places of a machine, and not one of the test's own.
			env = append(slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "XDG_") }), "BIN="+bin, "WF="+wf)
			cmd, stdout, stderr := program(t, env)
			cmd.Path, cmd.Args, cmd.Dir = "/bin/sh", []string{"sh", "-c", tt.script}, dir
			if got := exitOf(t, cmd.Run()); got != tt.code {
				t.Errorf("exit code %d, want %d", got, tt.code)
			}
			if !strings.HasPrefix(stdout.String(), tt.stdout) {
				t.Errorf("stdout %q, want %q; stderr %s", stdout, tt.stdout, stderr)
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr has not %q: %s", want, stderr)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "om-secret-exec.*")); left != nil {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// noMemfd makes memfd_create fail, as a sandbox does, and becomes a program.
const noMemfd = `
import ctypes, errno, os, platform, struct, sys
number = {"x86_64": 319, "aarch64": 279}[platform.machine()]
program = struct.pack("=HBBIHBBIHBBIHBBI",
    0x20, 0, 0, 0,             # load the number of the system call
    0x15, 0, 1, number,        # is it this one?
    0x06, 0, 0, 0x00050000 | getattr(errno, sys.argv[1]),
    0x06, 0, 0, 0x7FFF0000)    # allow
text = ctypes.create_string_buffer(program)
filter = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(text)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter, 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[2], sys.argv[2:])
`

// TestExecMemfdRefused: where the kernel gives no memory file, exec says so, and
// --file is the way out.
func TestExecMemfdRefused(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, errno := range []string{"ENOSYS", "EPERM", "EACCES"} {
		t.Run(errno, func(t *testing.T) {
			t.Parallel()
			wf, env := execEnv(t)
			run := func(args ...string) (int, string, string) {
				cmd, stdout, stderr := program(t, env)
				cmd.Path = testenv.Python(t, "plain")
				cmd.Args = append([]string{"python", "-c", noMemfd, errno, self, "exec"}, args...)
				return exitOf(t, cmd.Run()), stdout.String(), stderr.String()
			}
			code, stdout, stderr := run(wf, "--", "cat", "{}")
			if code != exitCannotRun || stdout != "" || !strings.Contains(stderr, "memfd_create") || !strings.Contains(stderr, "hint: --file DIR") {
				t.Errorf("exit %d, stdout %q, stderr %s", code, stdout, stderr)
			}
			if code, stdout, stderr := run("--file", filepath.Dir(wf), wf, "--", "cat", "{}"); code != 0 || stdout != "a: \"S3NTINEL\"\n" {
				t.Errorf("--file: exit %d, stdout %q, stderr %s", code, stdout, stderr)
			}
		})
	}
}

// open lets every user into a directory of a test, and the files be nobody's.
func open(t *testing.T, dir string) {
	t.Helper()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"wf.yaml", "secrets.json"} {
		if err := os.Chown(filepath.Join(dir, name), 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
}
