//go:build integration && linux

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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

// TestExecFailingIngestion runs the real metadata command against a server that
// refuses it: the exit code is the command's, and nothing is left. What succeeds
// is TestIngestion's.
func TestExecFailingIngestion(t *testing.T) {
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
	metadata := filepath.Join(filepath.Dir(testenv.Python(t, "airflow3")), "metadata")
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
