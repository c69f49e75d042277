package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// TestCheckPageRules: every rule has a section, in order and with its own words,
// and an example. Those of the stores' answers are run where there is a store.
func TestCheckPageRules(t *testing.T) {
	t.Parallel()
	headings, examples := checkExamples(t)
	var want []string
	table := "| code | | |\n|---|---|---|\n"
	for _, r := range check.Rules() {
		heading := fmt.Sprintf("%s (%s): %s", r.Code, r.Severity, r.Title)
		want = append(want, heading)
		table += fmt.Sprintf("| %s | %s | %s |\n", r.Code, r.Severity, strings.ReplaceAll(r.Title, "|", `\|`))
		kind := "check"
		switch r.Code[3] {
		case '4':
			kind = "settings"
		case '5':
			kind = "online"
		}
		found := false
		for _, e := range examples {
			found = found || e.section == r.Code && e.words[0] == kind
		}
		if !found {
			t.Errorf("%s has no example marked %s", r.Code, kind)
		}
	}
	if diff := cmp.Diff(want, headings); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
	holdTable(t, table)
}

// holdTable holds the page's table of rules to the code.
func holdTable(t *testing.T, table string) {
	t.Helper()
	data, err := os.ReadFile(checkPage)
	if err != nil {
		t.Fatal(err)
	}
	text := generated(t, string(data), "rules", table)
	switch {
	case text == string(data):
	case !*update:
		t.Errorf("%s is not what the code says: run go test ./cmd/... -update", checkPage)
	default:
		if err := os.WriteFile(checkPage, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheckPageExamples: each example gives the finding that it stands under,
// and nothing else.
func TestCheckPageExamples(t *testing.T) {
	t.Parallel()
	_, examples := checkExamples(t)
	for _, e := range examples {
		t.Run(fmt.Sprintf("%s/line%d", e.section, e.line), func(t *testing.T) {
			t.Parallel()
			var found []check.Finding
			switch e.words[0] {
			case "check":
				found = check.Document(documentOf(e))
			case "settings":
				found = settingsOf(t, e)
			case "online":
				return // their test needs a store
			default:
				t.Fatalf("nobody runs an example marked %q", e.words[0])
			}
			var want, got []string
			if !e.has("none") {
				want = []string{e.section}
			}
			for _, f := range found {
				got = append(got, f.Code)
				if f.Message == "" || f.Fix == "" || strings.ContainsAny(f.Message+f.Fix, "\n") {
					t.Errorf("%s says too little, or has several lines: %+v", f.Code, f)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%+v", diff, found)
			}
		})
	}
}

func documentOf(e example) check.Input {
	env := e.env()
	name := "workflow." + e.language
	if other := e.value("name="); other != "" {
		name = other
	}
	return check.Input{
		Document: workflow.Input{
			Name: name, Data: []byte(e.text), Expand: true,
			Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		},
		Kinds: stores(), Provider: e.value("provider="), Portable: e.has("portable"),
	}
}

// settingsOf checks the settings of an example: airflow.cfg, or variables.
func settingsOf(t *testing.T, e example) []check.Finding {
	t.Helper()
	env := e.env()
	if e.language == "ini" {
		env["AIRFLOW_CONFIG"] = filepath.Join(t.TempDir(), "airflow.cfg")
		if err := os.WriteFile(env["AIRFLOW_CONFIG"], []byte(e.text), 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		for line := range strings.Lines(e.text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			env[name] = value
		}
	}
	in := settings.Inputs{
		Flags: map[string]string{"provider": e.value("provider="), "loader": e.value("loader=")},
		Kinds: unopened(),
		Env:   func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		LoadEnv: func(names []string) (map[string]string, error) {
			found := map[string]string{}
			for _, n := range names {
				if v, ok := env[n]; ok {
					found[n] = v
				}
			}
			return found, nil
		},
	}
	if store := e.value("store="); store != "" {
		in.Stores = []string{store}
	}
	set, _ := settings.Resolve(in) // its error is among the findings
	return check.Settings(t.Context(), set)
}

// unopened are the stores without their clients: whether one can be opened
// depends on the machine, too.
func unopened() []providers.Kind {
	kinds := stores()
	for i := range kinds {
		kinds[i].Open = nil
	}
	return kinds
}
