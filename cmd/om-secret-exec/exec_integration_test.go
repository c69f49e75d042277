//go:build integration && linux

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"om-secret-exec/internal/testenv"
)

const ingestion = `source:
  type: mysql
  serviceName: warehouse
  serviceConnection: {config: {type: Mysql, username: u, authType: {password: secret:/p}, hostPort: "127.0.0.1:1"}}
  sourceConfig: {config: {type: DatabaseMetadata}}
sink: {type: metadata-rest, config: {}}
workflowConfig:
  openMetadataServerConfig:
    hostPort: SERVER/api
    authProvider: openmetadata
    securityConfig: {jwtToken: "secret:/jwt"}
    storeServiceConnection: false
    secretsManagerProvider: aws
    secretsManagerLoader: env
`

// TestExecIngestion runs the real metadata command: it sends the token that was
// a reference to its server.
func TestExecIngestion(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"airflow2", "airflow3"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var tokens []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				tokens = append(tokens, r.Header.Get("Authorization"))
				w.WriteHeader(http.StatusForbidden) // ingestion ends here
			}))
			defer server.Close()
			wf, env := execEnv(t)
			dir := filepath.Dir(wf)
			writeFile(t, wf, strings.Replace(ingestion, "SERVER", server.URL, 1))
			writeFile(t, filepath.Join(dir, "secrets.json"), `{"/p": "S3NTINEL-password", "/jwt": "S3NTINEL-jwt"}`)
			metadata := filepath.Join(filepath.Dir(testenv.Python(t, name)), "metadata")
			cmd, stdout, stderr := program(t, env, "exec", wf, "--", metadata, "ingest", "-c", "{}")
			if code := exitOf(t, cmd.Run()); code != 1 {
				t.Errorf("it ends with %d, want the 1 of ingestion", code)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(tokens) == 0 || tokens[0] != "Bearer S3NTINEL-jwt" {
				t.Errorf("the server got %q; %s", tokens, stderr)
			}
			if text := stdout.String() + stderr.String(); strings.Contains(text, "S3NTINEL") {
				t.Errorf("it was said aloud: %s", text)
			}
			danglingOnly(t, filepath.Join(dir, "run"))
		})
	}
}

// TestExecMain is the ingestion image's main.py in what matters here.
func TestExecMain(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	const text = "import os, yaml\nw = yaml.safe_load(os.environ['config'])\nassert w == {'a': 'S3NTINEL', 'b': '$HOME'}, len(w)\nprint('read')\n"
	mainPy := filepath.Join(filepath.Dir(wf), "main.py")
	writeFile(t, mainPy, text)
	cmd, stdout, stderr := program(t, append(env, "config=a: secret:/p\nb: $HOME\n"),
		"exec", "--env", "config", "--", testenv.Python(t, "plain"), mainPy)
	if err := cmd.Run(); err != nil || stdout.String() != "read\n" {
		t.Errorf("%v: stdout %q, stderr %s", err, stdout, stderr)
	}
}

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
		{"nobody", `exec setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN" exec "$WF" -- sh -c 'test $(id -u) = 65534 && (cat "$1")' sh {}`, 0, resolved, nil},
		{"no writable place but memory", `exec unshare -m sh -c '` + readOnly + `mount -o remount,bind,rw /dev/shm; exec "$BIN" exec "$WF" -- cat {}'`, 0, resolved, nil},
		{"no writable place", `exec unshare -m sh -c '` + readOnly + `exec "$BIN" exec "$WF" -- touch ran {}'`, exitCannotRun, "", []string{
			"no place for the link", "/dev/shm: read-only file system", "/run: read-only", "/tmp: read-only", "hint: set TMPDIR", "--file DIR",
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

// TestExecDescriptorClosed: a command that closes what it does not know cannot
// open the document after that, and neither can its children.
func TestExecDescriptorClosed(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	const script = "import os, sys\nopen(sys.argv[1]).close()\nos.closerange(3, 1024)\ntry: open(sys.argv[1])\nexcept FileNotFoundError: print('gone')\n"
	cmd, stdout, stderr := program(t, env, "exec", wf, "--", testenv.Python(t, "plain"), "-c", script, "{}")
	if err := cmd.Run(); err != nil || stdout.String() != "gone\n" {
		t.Errorf("%v: stdout %q, stderr %s", err, stdout, stderr)
	}
}

// TestExecParentDeath: the signal for the death of the parent belongs to one
// thread, and execve must be called on that one.
func TestExecParentDeath(t *testing.T) {
	t.Parallel()
	_, env := execEnv(t)
	const script = "import ctypes\nn = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(n))\nprint(n.value)\n"
	cmd, stdout, stderr := program(t, append(env, "X=secret:/p"), "exec", "--", testenv.Python(t, "plain"), "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGUSR1}
	runtime.LockOSThread() // the parent is a thread, too
	defer runtime.UnlockOSThread()
	if err := cmd.Run(); err != nil || stdout.String() != "10\n" {
		t.Errorf("%v: the signal is %q, want 10; stderr %s", err, stdout, stderr)
	}
}

// TestExecTerminal: with --file, Ctrl-C and Ctrl-\ reach the command once, and
// Ctrl-Z stops us with it.
func TestExecTerminal(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(testenv.Root(t), "cmd", "om-secret-exec", "testdata", "terminal.py")
	cmd, stdout, stderr := program(t, env, script, self, dir, wf)
	cmd.Path, cmd.Args[0] = testenv.Python(t, "plain"), "python"
	if err := cmd.Run(); err != nil {
		t.Errorf("%v: %s%s", err, stdout, stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left: %v", left)
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

func danglingOnly(t *testing.T, dir string) {
	t.Helper()
	left, err := exec.Command("find", "-L", dir, "!", "-type", "d", "!", "-type", "l").CombinedOutput()
	if err != nil || len(left) > 0 {
		t.Errorf("left in %s: %s %v", dir, left, err)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
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
