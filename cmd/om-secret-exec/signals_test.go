package main

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestSignalWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			store, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			wf := filepath.Join(t.TempDir(), "wf.yaml")
			if err := os.WriteFile(wf, []byte(awsWorkflow), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd, stdout, stderr := program(t, []string{
				"AWS_ENDPOINT_URL=http://" + store.Addr().String(), "AWS_DEFAULT_REGION=eu-west-1",
				"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=S3NTINEL",
			}, "resolve", wf, "--out", wf+".out")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn, err := store.Accept() // it asks; nobody answers
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if got, want := exitOf(t, cmd.Wait()), exitSignal+int(sig); got != want {
				t.Errorf("exit code %d, want %d", got, want)
			}
			if !strings.Contains(stderr.String(), "stopped by "+sig.String()) || stdout.Len() > 0 {
				t.Errorf("stdout %q, stderr %q", stdout, stderr)
			}
			if left, _ := filepath.Glob(filepath.Dir(wf) + "/*out*"); left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// TestReaderEnds closes the pipe to whoever runs us while a store is asked: the
// store would answer never, and nobody would read it.
func TestReaderEnds(t *testing.T) {
	t.Parallel()
	const request = `{"apiVersion":"om-secret-exec/v1","kind":"SecretRequest","spec":{"refs":[{"ref":"/a"}]}}`
	tests := []struct {
		name, stdin string
		args        []string
	}{
		{"resolve", awsWorkflow, []string{"resolve", "-"}},
		{"get", "", []string{"get", "/a"}},
		{"get --json", request, []string{"get", "--json"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd, _, stderr := program(t, []string{
				"AWS_ENDPOINT_URL=http://" + store.Addr().String(), "AWS_DEFAULT_REGION=eu-west-1",
				"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=S3NTINEL",
				"OM_SECRET_EXEC_PROVIDER=aws", "OM_SECRET_EXEC_TIMEOUT=1h",
			}, tt.args...)
			cmd.Stdin, cmd.Stdout = strings.NewReader(tt.stdin), w
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn, err := store.Accept() // it asks; nobody answers
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := errors.Join(w.Close(), r.Close()); err != nil {
				t.Fatal(err)
			}
			if got := exitOf(t, cmd.Wait()); got != exitOutput {
				t.Errorf("exit code %d, want %d", got, exitOutput)
			}
			if !strings.Contains(stderr.String(), "writing standard output: broken pipe") {
				t.Errorf("stderr %q", stderr)
			}
		})
	}
}

func TestSignalWhileReading(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd, _, stderr := program(t, nil, "resolve", "--verbose")
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The pipe's buffer is full only until the program reads: writing more than
	// fits returns when it does, so that the signal meets it reading.
	if _, err := w.Write(bytes.Repeat([]byte("#\n"), 1<<19)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got, want := exitOf(t, cmd.Wait()), exitSignal+int(syscall.SIGTERM); got != want {
		t.Errorf("exit code %d, want %d; stderr %q", got, want, stderr)
	}
}

// TestSignalWhileWriting ends a run whose reader has stopped reading: it ends,
// and does not claim that nothing was written.
func TestSignalWhileWriting(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	wf := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(wf, []byte("a: 1\n"+strings.Repeat("# filling\n", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _, stderr := program(t, nil, "resolve", wf)
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := r.Read(make([]byte, 1)); err != nil { // it has begun
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got, want := exitOf(t, cmd.Wait()), exitSignal+int(syscall.SIGTERM); got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
	if !strings.Contains(stderr.String(), "the output is incomplete") {
		t.Errorf("stderr %q", stderr)
	}
}

func TestQuitShowsNoStacks(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd, _, stderr := program(t, nil, "resolve")
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Repeat([]byte("#\n"), 1<<19)); err != nil { // it reads
		t.Fatal(err)
	}
	for range 10 {
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
	}
	if got, want := exitOf(t, cmd.Wait()), exitSignal+int(syscall.SIGQUIT); got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
	if strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("stderr %q", stderr)
	}
}
