package main

import (
	"bytes"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"om-secret-exec/internal/providers"
)

// TestExchangeSignal stops a run whose store is silent, with several signals, as
// timeout(1) does: there is a response all the same, and the exit code is the
// signal's.
func TestExchangeSignal(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			store, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			cmd, stdout, stderr := program(t, []string{
				"OM_SECRET_EXEC_PROVIDER=aws", "AWS_ENDPOINT_URL=http://" + store.Addr().String(),
				"AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=S3NTINEL",
			}, "get", "--json")
			cmd.Stdin = strings.NewReader(twoRefs)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn, err := store.Accept() // it asks; nobody answers
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for range 10 {
				if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
			}
			if got, want := exitOf(t, cmd.Wait()), exitSignal+int(sig); got != want {
				t.Errorf("exit code %d, want %d", got, want)
			}
			r := responseOf(t, stdout)
			if r.Error == nil || r.Error.Code != providers.Cancelled || len(r.Items) != 2 || r.Status.Failed != 2 {
				t.Errorf("the response is %s", stdout)
			}
			for _, item := range r.Items {
				if item.Error.Code != providers.Cancelled || !item.Error.Retryable {
					t.Errorf("an item has %+v", item.Error)
				}
			}
			if !strings.Contains(stderr.String(), "stopped by "+sig.String()+"; the response says so") || strings.Contains(stdout.String(), "S3NTINEL") {
				t.Errorf("stderr is %q", stderr)
			}
		})
	}
}

// TestExchangeSignalWhileReading stops a run whose request does not come.
func TestExchangeSignalWhileReading(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd, stdout, _ := program(t, nil, "get", "--json")
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than the pipe holds, and less than the limit: it is reading.
	if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<19)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got, want := exitOf(t, cmd.Wait()), exitSignal+int(syscall.SIGTERM); got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
	if r := responseOf(t, stdout); r.Error == nil || r.Error.Code != providers.Cancelled || len(r.Items) != 0 {
		t.Errorf("the response is %s", stdout)
	}
}
