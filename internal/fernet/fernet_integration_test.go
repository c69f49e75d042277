//go:build integration

package fernet

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

const decryptScript = `
import json, sys
from cryptography.fernet import Fernet
job = json.load(sys.stdin)
json.dump([Fernet(job["key"]).decrypt(t.encode()).decode() for t in job["tokens"]], sys.stdout)
`

// TestPythonDecryptsOurs hands our tokens to Python's cryptography.
func TestPythonDecryptsOurs(t *testing.T) {
	plain := []string{"", "x", "sixteen bytes!!!", "pä$$wörd \U0001f511\n", strings.Repeat("long", 1000)}
	key := generate(t)
	ring := mustNew(t, key)
	job := struct {
		Key    string   `json:"key"`
		Tokens []string `json:"tokens"`
	}{Key: key}
	for _, p := range plain {
		text, err := ring.Encrypt([]byte(p))
		if err != nil {
			t.Fatal(err)
		}
		job.Tokens = append(job.Tokens, strings.TrimPrefix(text, prefix))
	}
	in, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), testenv.Python(t, "plain"), "-c", decryptScript)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v", err)
	}
	var got []string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(plain) {
		t.Fatalf("python decrypted %d tokens, want %d", len(got), len(plain))
	}
	for i := range plain {
		if got[i] != plain[i] {
			t.Errorf("python decrypted %q, want %q", got[i], plain[i])
		}
	}
}
