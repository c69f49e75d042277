package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shownBy matches the last column of a row: a file, and a test in it if the
// file is no script.
var shownBy = regexp.MustCompile("^\\s*`([^`]+)`(?: `(Test\\w+)`)?\\s*$")

// TestDifferencesHaveTests makes sure that each intended difference names a test
// that exists.
func TestDifferencesHaveTests(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasSuffix(strings.TrimSpace(line), "shown by |") {
			continue
		}
		rows++
		m := shownBy.FindStringSubmatch(cells[len(cells)-1])
		if len(cells) != 4 || m == nil {
			t.Errorf("not a row of four cells that ends in a test: %s", line)
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, m[1]))
		if err != nil || !strings.Contains(string(source), m[2]) {
			t.Errorf("there is no %s in %s", m[2], m[1])
		}
	}
	if rows < 20 {
		t.Errorf("found %d rows: is the page still a table?", rows)
	}
}
