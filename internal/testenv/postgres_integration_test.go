//go:build integration

package testenv

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPostgresComparesPasswords holds what the tests of ingestion build on: the
// right password is let in, and no other.
func TestPostgresComparesPasswords(t *testing.T) {
	t.Parallel()
	server := Postgres(t)
	server.User(t, "ann", `it's "right" $HOME`)
	ask := func(password string) (string, error) {
		cmd := exec.Command(filepath.Join(server.bin, "psql"), "-X", "-At", "-h", server.Host, "-p", server.Port,
			"-U", "ann", "-c", "select current_user")
		cmd.Env = []string{"PGPASSWORD=" + password}
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	if got, err := ask(`it's "right" $HOME`); err != nil || got != "ann" {
		t.Errorf("with the password: %q, %v", got, err)
	}
	if got, err := ask("secret:/wrong"); err == nil || !strings.Contains(got, "password authentication failed") {
		t.Errorf("with another one: %q, %v", got, err)
	}
}
