//go:build integration

package check_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/testenv"
)

// upstream asks OpenMetadata's own code: which of the texts its YAML loader
// reads, and which providers and loaders it knows.
const upstream = `
import json, sys, yaml
from metadata.generated.schema.security.secrets.secretsManagerProvider import SecretsManagerProvider
from metadata.generated.schema.security.secrets.secretsManagerClientLoader import SecretsManagerClientLoader
def reads(text):
    try:
        yaml.safe_load(text)
    except Exception:
        return False
    return True
print(json.dumps({"reads": [reads(t) for t in json.load(sys.stdin)],
    "providers": [p.value for p in SecretsManagerProvider], "loaders": [l.value for l in SecretsManagerClientLoader]}))
`

// TestUpstream holds the rules about what OpenMetadata refuses to OpenMetadata.
func TestUpstream(t *testing.T) {
	texts := map[string]string{ // and the code, where there is one
		"a: !x b": "OMS204", "a: !x [b]": "OMS204", "a: !x {b: c}": "OMS204", "a: !!python/name:os.x ''": "OMS204", "!x a: b": "OMS204",
		"a: !!str 1": "", "a: !!int 1": "", "a: !!float 1.5": "", "a: !!bool yes": "", "a: !!null ''": "", "a: !!seq [1]": "", "a: !!map {b: c}": "",
		"a: !!timestamp 2024-01-01": "", "a: !!binary YQ==": "", "a: !!set {b}": "", "a: !!omap [b: c]": "", "a: !!pairs [b: c]": "", "a: ! b": "",
		"a: secret: b": "OMS202", "a: {b: secret: c}": "OMS202", "a: secret:": "OMS202", "a: *****": "OMS208", "a: !x secret:/b": "OMS110",
	}
	var asked []string
	for text := range texts {
		asked = append(asked, text)
	}
	slices.Sort(asked)
	stdin, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Reads              []bool
		Providers, Loaders []string
	}
	askPython(t, upstream, stdin, &answer)
	for i, text := range asked {
		codes := strings.Join(codesOf(check.Document(input(text, nil))), " ")
		if codes != texts[text] || answer.Reads[i] != (codes == "") {
			t.Errorf("%q: OpenMetadata reads it: %v; findings: %q, want %q", text, answer.Reads[i], codes, texts[text])
		}
	}
	holdNames(t, answer.Providers, answer.Loaders)
}

// askPython runs a script and reads the JSON in the last line that it prints.
func askPython(t *testing.T, script string, stdin []byte, answer any) {
	t.Helper()
	cmd := exec.Command(testenv.Python(t, "airflow3"), "-W", "ignore", "-c", script)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking Python: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), answer); err != nil {
		t.Fatal(err)
	}
}

// types tells what Python's YAML loader makes of plain scalars; of some that it
// takes for a number it can make none.
const types = `
import json, sys, yaml
def text(scalar):
    try:
        return isinstance(yaml.safe_load("a: " + scalar)["a"], str)
    except ValueError:
        return False
print(json.dumps([text(s) for s in json.load(sys.stdin)]))
`

// TestPythonNumbers holds OMS211 to what OpenMetadata's parser takes for text.
func TestPythonNumbers(t *testing.T) {
	scalars := strings.Fields(`1e5 1E5 1.5e3 1.5e+3 .5 -.5 +.5 5. 0x1F 0x 0x_ 0o17 017 018 0899 0b11 0b 0b2 0b_ 1_000 _1 1_
		12:30 12:60 1:2:3 12:30:45 190:20:30.15 0:10 01:10 01:10.5 2024-01-01 2024-1-1 2024-13-45 2024-01-01T10:00:00Z 2024-1-1T1:00:00
		2024-01-01T10:00 20240101 +12 -12 --12 0 00 00123 .inf -.Inf .nan .NaN -.nan NaN inf 1,000 1e 12e03 1.e3 1.e+3 1.0e5 1.2.3
		123456789012345678901234567890 -0 2024-01-01x x1 1x`)
	stdin, err := json.Marshal(scalars)
	if err != nil {
		t.Fatal(err)
	}
	var text []bool
	askPython(t, types, stdin, &text)
	for i, scalar := range scalars {
		found := codesOf(check.Document(input("password: "+scalar, nil)))
		if text[i] != (len(found) == 0) {
			t.Errorf("%s: text for Python: %v; findings: %q", scalar, text[i], found)
		}
	}
}

// holdNames holds --portable to the names that OpenMetadata knows.
func holdNames(t *testing.T, providers, loaders []string) {
	t.Helper()
	ours := []string{"aws", "managed-aws", "azure-kv", "openbao", "managed-openbao", "vault", "db"}
	for _, name := range slices.Concat(ours, providers) {
		in := input("openMetadataServerConfig: {secretsManagerProvider: "+name+", secretsManagerLoader: env}\nsource: {serviceConnection: {a: b}}", nil)
		in.Portable = true
		refused := slices.Contains(codesOf(check.Document(in)), "OMS308")
		if refused == slices.Contains(providers, name) {
			t.Errorf("provider %s: OMS308 is %v", name, refused)
		}
	}
	for _, name := range slices.Concat([]string{"auto"}, loaders) {
		in := input("openMetadataServerConfig: {secretsManagerProvider: db, secretsManagerLoader: "+name+"}", nil)
		in.Portable = true
		if refused := len(check.Document(in)) > 0; refused == slices.Contains(loaders, name) {
			t.Errorf("loader %s: refused is %v", name, refused)
		}
	}
}

func codesOf(found []check.Finding) []string {
	var codes []string
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}
