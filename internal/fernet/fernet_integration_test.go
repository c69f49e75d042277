//go:build integration

package fernet

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
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

// python is what Python's cryptography answers to a job, in the same shape.
func python(t *testing.T, script string, job, answer any) {
	t.Helper()
	in, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), testenv.Python(t, "plain"), "-c", script)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v", err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}

const encryptScript = `
import json, sys
from cryptography.fernet import Fernet, MultiFernet
job = json.load(sys.stdin)
keys = [Fernet.generate_key().decode() for _ in range(3)]
old, new = Fernet(keys[1]), Fernet(keys[0])
made = ["fernet:" + old.encrypt(p.encode()).decode() for p in job["plain"]]
both = MultiFernet([new, old])
turned = ["fernet:" + both.rotate(m[7:].encode()).decode() for m in made]
json.dump({"keys": keys, "made": made, "turned": turned}, sys.stdout)
`

// TestWeDecryptPythons reads tokens that Python made, and those that its
// MultiFernet rotated, with the keys written in each way that there is.
func TestWeDecryptPythons(t *testing.T) {
	job := struct {
		Plain []string `json:"plain"`
	}{[]string{"", "x", "sixteen bytes!!!", "pä$$wörd \U0001f511\n", strings.Repeat("m", 1<<20)}}
	var made struct{ Keys, Made, Turned []string }
	python(t, encryptScript, job, &made)
	standard := strings.NewReplacer("-", "+", "_", "/")
	for _, keys := range []string{
		made.Keys[0] + "," + made.Keys[1],
		standard.Replace(made.Keys[0] + " , " + made.Keys[1]),
		strings.ReplaceAll(made.Keys[0]+","+made.Keys[1]+"\n", "=", ""),
	} {
		ring := mustNew(t, keys)
		for i, plain := range job.Plain {
			for name, token := range map[string]string{"made": made.Made[i], "turned": made.Turned[i]} {
				if got, err := ring.Decrypt(token); err != nil || string(got) != plain {
					t.Errorf("%s: Decrypt of %d bytes = %d bytes, %v", name, len(plain), len(got), err)
				}
			}
			if _, changed, err := ring.Rotate(made.Turned[i]); changed || err != nil {
				t.Errorf("what Python rotated is rotated again: %t, %v", changed, err)
			}
		}
	}
	if _, err := mustNew(t, made.Keys[2]).Decrypt(made.Made[0]); err == nil {
		t.Error("another key opens Python's token")
	}
}

// TestPythonDecryptsRotated hands what we rotated to Python under the first key.
func TestPythonDecryptsRotated(t *testing.T) {
	fresh, old := generate(t), generate(t)
	plain := []string{"", "secret:/db/password", strings.Repeat("m", 1<<20)}
	job := struct {
		Key    string   `json:"key"`
		Tokens []string `json:"tokens"`
	}{Key: fresh}
	for _, p := range plain {
		text, changed, err := mustNew(t, fresh+","+old).Rotate(encrypt(t, old, p))
		if err != nil || !changed {
			t.Fatalf("Rotate = %t, %v", changed, err)
		}
		job.Tokens = append(job.Tokens, strings.TrimPrefix(text, prefix))
	}
	var got []string
	python(t, decryptScript, job, &got)
	if !slices.Equal(got, plain) {
		t.Error("python reads something else from what was rotated")
	}
}

const judgeScript = `
import json, sys
from cryptography.fernet import Fernet, InvalidToken
job = json.load(sys.stdin)
def opens(token):
    try:
        return Fernet(job["key"]).decrypt(token.encode()) is not None
    except InvalidToken:
        return False
json.dump([opens(t) for t in job["tokens"]], sys.stdout)
`

// TestDamagedTokens lets Python judge tokens with one character changed, left
// out or added: we open none that it refuses, and all that it opens but those
// with something in them or behind them that no token has: Python passes over it.
func TestDamagedTokens(t *testing.T) {
	key := generate(t)
	ring := mustNew(t, key)
	whole := strings.TrimPrefix(encrypt(t, key, "secret"), prefix)
	tokens := []string{whole, "", "=", strings.TrimRight(whole, "="), strings.ToLower(whole)}
	for i := range len(whole) {
		for _, c := range []string{"", "A", "_", "=", "AAAA"} {
			tokens = append(tokens, whole[:i]+c+whole[i+1:])
		}
	}
	var opens []bool
	python(t, judgeScript, map[string]any{"key": key, "tokens": tokens}, &opens)
	for i, token := range tokens {
		if _, err := ring.Decrypt(prefix + token); (err == nil) != opens[i] {
			t.Errorf("Decrypt(%q) gave %v, Python opens it: %t", token, err, opens[i])
		}
	}
	odd := []string{whole + "=", whole + whole, whole[:20] + "!" + whole[20:], whole[:20] + "\n" + whole[20:]}
	python(t, judgeScript, map[string]any{"key": key, "tokens": odd}, &opens)
	for i, token := range odd {
		if _, err := ring.Decrypt(prefix + token); err == nil && !opens[i] {
			t.Errorf("Decrypt(%q) opens what Python refuses", token)
		}
	}
}
