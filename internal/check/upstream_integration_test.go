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
	cmd := exec.Command(testenv.Python(t, "airflow3"), "-W", "ignore", "-c", upstream)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking OpenMetadata: %v", err)
	}
	var answer struct {
		Reads              []bool
		Providers, Loaders []string
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &answer); err != nil {
		t.Fatal(err)
	}
	for i, text := range asked {
		codes := strings.Join(codesOf(check.Document(input(text, nil))), " ")
		if codes != texts[text] || answer.Reads[i] != (codes == "") {
			t.Errorf("%q: OpenMetadata reads it: %v; findings: %q, want %q", text, answer.Reads[i], codes, texts[text])
		}
	}
	holdNames(t, answer.Providers, answer.Loaders)
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
