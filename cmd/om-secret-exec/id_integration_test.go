//go:build integration

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestIDCreatesInOpenBao pastes the command that id prints into a shell, and
// resolves the reference beside it: the value arrives whole.
func TestIDCreatesInOpenBao(t *testing.T) {
	t.Parallel()
	server := testenv.Bao(t)
	createAndResolve(t, "openbao", append(server.Env(),
		"PATH="+filepath.Dir(server.Command)+":"+os.Getenv("PATH"),
		"OPENBAO_ADDRESS="+server.Addr, "OPENBAO_CA_CERT_PATH="+server.CAFile, "OPENBAO_TOKEN="+server.RootToken))
}

func createAndResolve(t *testing.T, provider string, env []string) {
	t.Helper()
	binary, dir := testenv.Binary(t), t.TempDir()
	do := func(stdin string, command ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		cmd.Env = append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, &stderr)
		}
		return string(out)
	}
	const value = "  two lines,\n$quoted 'and' \"not\", an é, no line break at the end"
	var report idReport
	text := do("", binary, "id", "--service", "database/My Data.base "+t.Name(), "--field", "authType.password", "--provider", provider, "-o", "json")
	if err := json.Unmarshal([]byte(text), &report); err != nil || len(report.IDs) == 0 {
		t.Fatalf("id printed %s: %v", text, err)
	}
	id := report.IDs[0]
	if out := do(value, "sh", "-c", id.Create); strings.Contains(out, "quoted") {
		t.Errorf("%s printed the value: %s", id.Create, out)
	}
	document, err := json.Marshal(map[string]string{"password": id.Reference})
	if err != nil {
		t.Fatal(err)
	}
	var resolved map[string]string
	text = do(string(document), binary, "resolve", "--provider", provider, "--loader", "env", "--format", "json", "-")
	if err := json.Unmarshal([]byte(text), &resolved); err != nil || resolved["password"] != value {
		t.Errorf("resolving %s gave %q, %v, want %q", id.Reference, resolved["password"], err, value)
	}
}
