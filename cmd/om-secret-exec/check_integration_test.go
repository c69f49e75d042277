//go:build integration

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestCheckFindsExamples: of the workflows that openmetadata-ingestion ships,
// every one is taken for a workflow, in all its many shapes.
func TestCheckFindsExamples(t *testing.T) {
	t.Parallel()
	find := `import importlib.util; print(importlib.util.find_spec("metadata").submodule_search_locations[0])`
	out, err := exec.Command(testenv.Python(t, "airflow3"), "-c", find).Output()
	if err != nil {
		t.Fatalf("finding openmetadata-ingestion: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "examples", "workflows")
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) < 100 {
		t.Fatalf("finding the examples: %d files, %v", len(files), err)
	}
	report, _ := exec.Command(testenv.Binary(t), "check", "-o", "json", dir).Output() // findings are another test's
	var got jsonCheck
	if err := json.Unmarshal(report, &got); err != nil {
		t.Fatalf("%v in %s", err, report)
	}
	if got.Summary.Workflows != len(files) || len(got.Summary.Skipped) > 0 {
		t.Errorf("of %d workflows %d were recognised; skipped: %v", len(files), got.Summary.Workflows, got.Summary.Skipped)
	}
}
