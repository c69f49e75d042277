//go:build integration

package testenv_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

func TestBao(t *testing.T) {
	b := testenv.Bao(t)
	if again := testenv.Bao(t); again != b {
		t.Errorf("second start = %v, want the same server %v", again, b)
	}
	if out, err := runBao(b, "kv", "put", "-mount=secret", "testenv/a", "password=hunter2"); err != nil {
		t.Fatalf("writing a secret: %v\n%s", err, out)
	}
	out, err := runBao(b, "kv", "get", "-mount=secret", "-field=password", "testenv/a")
	if got := strings.TrimSpace(out); err != nil || got != "hunter2" {
		t.Errorf("reading the secret = %q, %v, want %q", got, err, "hunter2")
	}
}

// A test may break a server of its own.
func TestNewBaoIsAnother(t *testing.T) {
	b := testenv.NewBao(t)
	if out, err := runBao(b, "operator", "seal"); err != nil {
		t.Fatalf("sealing: %v\n%s", err, out)
	}
	if out, err := runBao(b, "token", "lookup"); err == nil {
		t.Errorf("a sealed server answered:\n%s", out)
	}
	if out, err := runBao(testenv.Bao(t), "token", "lookup"); err != nil {
		t.Errorf("the shared server does not answer: %v\n%s", err, out)
	}
}

func runBao(b testenv.BaoServer, args ...string) (string, error) {
	cmd := exec.Command(b.Command, args...)
	cmd.Env = append(os.Environ(), b.Env()...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
