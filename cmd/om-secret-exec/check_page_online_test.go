package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCheckPageOnline runs the page's examples of what stores answer, each
// against a store that answers so.
func TestCheckPageOnline(t *testing.T) {
	t.Parallel()
	denying := httptest.NewServer(http.HandlerFunc(deny))
	t.Cleanup(denying.Close)
	secrets := filepath.Join(t.TempDir(), "secrets.yaml")
	if err := os.WriteFile(secrets, []byte("/prod/db/password: secret:S3NTINEL\n/prod/empty: ''\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	inFile := []string{"OM_SECRET_EXEC_PROVIDER=file", "OM_SECRET_EXEC_SECRETS_FILE=" + secrets}
	inAWS := func(endpoint string) []string {
		return []string{
			"OM_SECRET_EXEC_PROVIDER=aws", "OM_SECRET_EXEC_LOADER=env", "AWS_ENDPOINT_URL=" + endpoint, "AWS_DEFAULT_REGION=eu-west-1",
			"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=x", "OM_SECRET_EXEC_TIMEOUT=500ms",
		}
	}
	tests := []struct {
		code, how string
		env       []string
		exit      int
	}{
		{"OMS501", exists, inFile, exitFindings},
		{"OMS502", reading, inAWS(denying.URL), exitFindings},
		{"OMS503", reading, inAWS("http://127.0.0.1:1"), exitRetry},
		{"OMS504", exists, inAWS(denying.URL), exitOK},
		{"OMS505", reading, inFile, exitFindings},
		{"OMS506", reading, inFile, exitOK},
	}
	_, examples := checkExamples(t)
	tried := 0
	for _, e := range examples {
		for _, tt := range tests {
			if tt.code != e.section {
				continue
			}
			tried++
			got, exit := checkOnline(t, e.text, tt.how, tt.env)
			if diff := cmp.Diff([]string{tt.code}, got); diff != "" || exit != tt.exit {
				t.Errorf("%s: exit %d, want %d; findings (-want +got):\n%s", tt.code, exit, tt.exit, diff)
			}
		}
	}
	if tried < len(tests) {
		t.Errorf("found %d examples for %d codes", tried, len(tests))
	}
}

// checkOnline runs check over a text and returns the codes of the answers.
func checkOnline(t *testing.T, text, how string, env []string) (codes []string, exit int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "check", "-o", "json", "--select=OMS5", "--online="+how, "-")
	cmd.Env = append([]string{asProgram + "=1", "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}, env...)
	cmd.Stdin = strings.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	report, _ := cmd.Output() // the exit code is looked at by the caller
	if strings.Contains(string(report)+stderr.String(), "S3NTINEL") {
		t.Error("a value was shown")
	}
	var got jsonCheck
	if err := json.Unmarshal(report, &got); err != nil {
		t.Fatalf("%v in %s\n%s", err, report, stderr.String())
	}
	for _, f := range got.Findings {
		codes = append(codes, f.Code)
	}
	return codes, cmd.ProcessState.ExitCode()
}
