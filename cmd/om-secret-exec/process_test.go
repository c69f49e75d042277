package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"om-secret-exec/internal/providers"
)

const awsWorkflow = "a: secret:/a\nsecretsManagerProvider: aws\nsecretsManagerLoader: env\n"

// program makes a command that is this program, with a bare environment.
func program(t *testing.T, env []string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	// Whoever runs the tests may have had SIGHUP ignored (nohup), and an ignored
	// signal is inherited. One that is caught is not.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	cmd = exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append([]string{asProgram + "=1", "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}, env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

func exitOf(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

func TestStdinSocketIsRefused(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	if _, err := ours.WriteString("a message of the supervisor"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"resolve"}, {"resolve", "-"}} {
		cmd, stdout, stderr := program(t, nil, args...)
		cmd.Stdin = theirs
		if got := exitOf(t, cmd.Run()); got != exitUsage {
			t.Errorf("%q exited with %d, want %d", args, got, exitUsage)
		}
		if !strings.Contains(stderr.String(), "socket") || stdout.Len() > 0 {
			t.Errorf("%q: stdout %q, stderr %q", args, stdout, stderr)
		}
	}
	// Nothing was taken from it.
	left := make([]byte, 64)
	if n, _ := theirs.Read(left); string(left[:n]) != "a message of the supervisor" {
		t.Errorf("the socket still holds %q", left[:n])
	}
}

// TestPanicIsABug shows that a panic has an exit code of its own, names the
// place, and quotes nothing.
func TestPanicIsABug(t *testing.T) {
	t.Parallel()
	var err *providers.Error
	func() {
		defer func() { err = bug(recover()) }()
		panic("S3NTINEL")
	}()
	if err.Code != providers.Internal || strings.Contains(err.Error()+err.Hint, "S3NTINEL") {
		t.Errorf("bug = %+v", err)
	}
	if !strings.Contains(err.Message, "TestPanicIsABug") || !strings.Contains(err.Message, "process_test.go:") {
		t.Errorf("bug says %q, want the place", err.Message)
	}
	if got := failed(err).exit(); got != exitBug {
		t.Errorf("exit %d, want %d", got, exitBug)
	}
}

// TestWaitsForALateStore starts the store when the program has found nobody
// there, as with a sidecar that is not up yet.
func TestWaitsForALateStore(t *testing.T) {
	t.Parallel()
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := first.Addr().String()
	first.Close()
	wf := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(wf, []byte(awsWorkflow), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, stdout, _ := program(t, []string{
		"AWS_ENDPOINT_URL=http://" + address, "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=x",
	}, "resolve", "--verbose", wf)
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(stderr)
	for said.Scan() && !strings.Contains(said.Text(), "asking the store again") {
	}
	late, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ARN": "x", "SecretString": "late"}`)
	})}
	defer server.Close()
	go server.Serve(late)
	for said.Scan() {
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(stdout.String(), `a: "late"`) {
		t.Errorf("it ends with %v and %q", err, stdout)
	}
}
