package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"om-secret-exec/internal/providers"
)

// TestHeed: one wish is often several signals. Another one, later, is not ours.
func TestHeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal)
		var ended []error
		var stopped atomic.Bool
		go heed(signals, func(err error) { ended = append(ended, err) }, func() { stopped.Store(true) })
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGQUIT} {
			signals <- sig
		}
		time.Sleep(grace - time.Nanosecond)
		signals <- syscall.SIGTERM
		synctest.Wait()
		if len(ended) != 1 || ended[0].Error() != "stopped by terminated" || stopped.Load() {
			t.Errorf("within grace: %v, stopped %t", ended, stopped.Load())
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !stopped.Load() {
			t.Error("later signals are still caught")
		}
	})
}

// TestHeedIsReleased ends the catching without a signal, and after one.
func TestHeedIsReleased(t *testing.T) {
	t.Parallel()
	for n := range 2 {
		signals := make(chan os.Signal, n)
		for range n {
			signals <- syscall.SIGTERM
		}
		close(signals)
		ended := 0
		heed(signals, func(error) { ended++ }, func() { t.Error("it waits") })
		if ended != n {
			t.Errorf("%d signals end the run %d times", n, ended)
		}
	}
}

// fullPipe gives a pipe that takes no more.
func fullPipe(t *testing.T) (w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	size, err := unix.FcntlInt(w.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSignalWithoutAReader ends runs whose messages nobody reads, and which wait
// for their document.
func TestSignalWithoutAReader(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"resolve", "get --json"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			cmd, stdout, _ := program(t, nil, strings.Fields(args)...)
			cmd.Stderr = fullPipe(t)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: it is reading.
			if _, err := in.Write(bytes.Repeat([]byte("\n"), 1<<19)); err != nil {
				t.Fatal(err)
			}
			terminate(t, cmd)
			if args == "get --json" && responseOf(t, stdout).Error.Code != providers.Cancelled {
				t.Errorf("the response is %s", stdout)
			}
		})
	}
}

// TestSignalWhileComplaining ends a run in the middle of its messages, when their
// reader reads no further.
func TestSignalWhileComplaining(t *testing.T) {
	t.Parallel()
	wf := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(wf, []byte("a:\n"+strings.Repeat("- \"secret:\"\n", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _, _ := program(t, []string{"OM_SECRET_EXEC_PROVIDER=file"}, "resolve", wf)
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stderr.Read(make([]byte, 1)); err != nil { // it has begun
		t.Fatal(err)
	}
	terminate(t, cmd)
}

// terminate sends SIGTERM to a program, which it must end.
func terminate(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	_ = cmd.Wait()
	if got, want := cmd.ProcessState.ExitCode(), exitSignal+int(syscall.SIGTERM); got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
}
