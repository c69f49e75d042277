package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

const twoRefs = `{"apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": {"refs": [{"ref": "/a"}, {"ref": "/b"}]}}`

func TestExchangeSocketIsRefused(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	if _, err := ours.WriteString(twoRefs); err != nil {
		t.Fatal(err)
	}
	cmd, stdout, stderr := program(t, nil, "get", "--json")
	cmd.Stdin = theirs
	if got := exitOf(t, cmd.Run()); got != exitUsage {
		t.Errorf("exit code %d, want %d", got, exitUsage)
	}
	if r := responseOf(t, stdout); r.Error == nil || !strings.Contains(r.Error.Message, "socket") || !strings.Contains(stderr.String(), "socket") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
	left := make([]byte, len(twoRefs)+1)
	if n, _ := theirs.Read(left); string(left[:n]) != twoRefs {
		t.Errorf("the socket still holds %q", left[:n])
	}
}

// stuckApp is a program in the middle of an exchange; what it prints can be read
// when it has been closed.
func stuckApp(t *testing.T) (a *app, printed func() (stdout, stderr *bytes.Buffer)) {
	t.Helper()
	var files [2]*os.File
	for i := range files {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		files[i] = f
	}
	none := func(string) (string, bool) { return "", false }
	a = &app{stdout: files[0], env: none, msg: newMessages(files[1], none)}
	a.exchange = &exchange{app: a, start: time.Now(), req: &protocol.Request{Refs: []protocol.Ref{{Text: "/a"}, {Text: "/b"}}}}
	return a, func() (*bytes.Buffer, *bytes.Buffer) {
		var texts [2]*bytes.Buffer
		for i, f := range files {
			data, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = bytes.NewBuffer(data)
		}
		return texts[0], texts[1]
	}
}

// TestExchangePanic shows that a bug has a response, which quotes nothing.
func TestExchangePanic(t *testing.T) {
	t.Parallel()
	a, printed := stuckApp(t)
	var err error
	func() {
		defer func() { err = failed(bug(recover())) }()
		panic("S3NTINEL")
	}()
	code := a.finish(result{err: err})
	stdout, stderr := printed()
	r := responseOf(t, stdout)
	if code != exitBug || r.Error.Code != providers.Internal || len(r.Items) != 2 || r.Items[1].Error.Code != providers.Internal {
		t.Errorf("exit %d, stdout %s", code, stdout)
	}
	if strings.Contains(stdout.String()+stderr.String(), "S3NTINEL") || !strings.Contains(stderr.String(), "INTERNAL: ") {
		t.Errorf("stdout %s, stderr %s", stdout, stderr)
	}
}

// TestExchangeStuck ends a run that does not react to a signal: there is one
// response, whatever the run does afterwards.
func TestExchangeStuck(t *testing.T) {
	t.Parallel()
	a, printed := stuckApp(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&signalError{syscall.SIGTERM})
	code := a.stopped(ctx)
	if err := a.exchange.answer(nil, nil, exitOK); err == nil {
		t.Error("it answers twice")
	}
	stdout, _ := printed()
	r := responseOf(t, stdout)
	if code != exitSignal+int(syscall.SIGTERM) || r.Error.Code != providers.Cancelled || len(r.Items) != 2 {
		t.Errorf("exit %d, stdout %s", code, stdout)
	}
}

// TestExchangeBlocked ends a run whose response nobody reads: it ends.
func TestExchangeBlocked(t *testing.T) {
	t.Parallel()
	a, printed := stuckApp(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a.stdout = w
	a.exchange.req.Refs[0].Text = strings.Repeat("x", 1<<20)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&signalError{syscall.SIGTERM})
	a.stopped(ctx)
	if _, stderr := printed(); !strings.Contains(stderr.String(), "the output is incomplete") {
		t.Errorf("stderr is %q", stderr)
	}
}

func TestNewExchange(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"get --json": true, "get --json=true": true, "get --provider x --json": true, "get --no-such --json": true,
		"--quiet get --json": true, "--provider x get --json": true, "--json get": true,
		"--quiet exec f -- get --json": false, "-- get --json": false,
		"": false, "get": false, "get x": false, "resolve get --json": false, "exec f -- om-secret-exec get --json": false,
	}
	for args, want := range tests {
		if got := newExchange(nil, strings.Fields(args)) != nil; got != want {
			t.Errorf("newExchange(%q) = %t, want %t", args, got, want)
		}
	}
}

func TestJoinedErrors(t *testing.T) {
	t.Parallel()
	got := joined([]failure{
		{err: &providers.Error{Code: providers.Config, Message: "a", Hint: "do x", Retryable: true}},
		{err: &providers.Error{Code: providers.Document, Message: "b", Hint: "do x"}},
		{err: &providers.Error{Code: providers.Document, Message: "c", Hint: "do y"}},
	})
	if got.Code != providers.Config || got.Message != "a; b; c" || got.Hint != "do x; do y" || got.Retryable {
		t.Errorf("joined = %+v", got)
	}
}
