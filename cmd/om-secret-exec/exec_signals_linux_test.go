package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

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

// TestExecFileTogether: a living run keeps its file.
func TestExecFileTogether(t *testing.T) {
	t.Parallel()
	wf, env := execEnv(t)
	dir := t.TempDir()
	first := begin(t, env, wf, `echo ready; cat >/dev/null; cat "$1"`, "--file", dir)
	second := begin(t, env, wf, "echo ready; exec cat", "--file", dir)
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files while two commands run, want 2", len(files))
	}
	for _, r := range []running{first, second} {
		r.stdin.Close()
		if err := r.cmd.Wait(); err != nil {
			t.Errorf("%v; %s", err, r.stderr)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
}
