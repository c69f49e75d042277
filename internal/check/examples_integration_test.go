//go:build integration

package check_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/testenv"
)

// examples are the workflows that openmetadata-ingestion ships, by file name.
func examples(t *testing.T) map[string]string {
	t.Helper()
	find := `import importlib.util; print(importlib.util.find_spec("metadata").submodule_search_locations[0])`
	out, err := exec.Command(testenv.Python(t, "airflow3"), "-c", find).Output()
	if err != nil {
		t.Fatalf("finding openmetadata-ingestion: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "examples", "workflows", "*.yaml"))
	if err != nil || len(files) < 100 {
		t.Fatalf("finding the examples: %d files, %v", len(files), err)
	}
	found := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(f)] = string(data)
	}
	return found
}

// tally counts findings by code, and fails on errors.
func tally(t *testing.T, counts map[string]int, name string, found []check.Finding) {
	t.Helper()
	for _, f := range found {
		counts[f.Code]++
		if f.Severity == check.Error {
			t.Errorf("%s:%v: a false error: %s: %s", name, f.Pos, f.Code, f.Message)
		}
		t.Logf("%s:%v: %s %s: %s", name, f.Pos, f.Code, f.Path, f.Message)
	}
}

// TestExamples: nothing is wrong with the workflows that OpenMetadata ships.
func TestExamples(t *testing.T) {
	counts := map[string]int{}
	for name, text := range examples(t) {
		in := input(text, nil)
		in.Document.Name, in.Provider = name, ""
		tally(t, counts, name, check.Document(in))
	}
	// Two examples show how a workflow takes values from the environment.
	if codes := slices.Sorted(maps.Keys(counts)); len(codes) > 1 || len(codes) == 1 && codes[0] != "OMS205" {
		t.Errorf("findings by code: %v", counts)
	}
}

var (
	secretLine = regexp.MustCompile(`(?mi)^(\s*(?:- )?(\w*(?:password|token|secret|key)): +)[^\s\[{|>&*!#].*$`)
	serverLine = regexp.MustCompile(`(?m)^( *)openMetadataServerConfig: *\n`)
)

// TestExamplesWithReferences: nor is it when their secrets are references, with
// a provider and a loader.
func TestExamplesWithReferences(t *testing.T) {
	counts, planted := map[string]int{}, 0
	for name, text := range examples(t) {
		text = secretLine.ReplaceAllStringFunc(text, func(line string) string {
			planted++
			m := secretLine.FindStringSubmatch(line)
			return fmt.Sprintf("%ssecret:/%s/%d", m[1], strings.ToLower(m[2]), planted)
		})
		text = serverLine.ReplaceAllString(text, "$0$1  secretsManagerProvider: aws\n$1  secretsManagerLoader: env\n")
		in := input(text, nil)
		in.Document.Name, in.Provider, in.Portable = name, "", true
		tally(t, counts, name, check.Document(in))
	}
	if planted < 200 {
		t.Errorf("only %d references were planted", planted)
	}
	for code := range counts {
		if !slices.Contains([]string{"OMS205", "OMS305", "OMS307"}, code) {
			t.Errorf("findings by code: %v", counts)
		}
	}
	t.Logf("%d references; findings by code: %v", planted, counts)
}
