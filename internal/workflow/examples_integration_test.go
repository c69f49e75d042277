//go:build integration

package workflow_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
	"om-secret-exec/internal/workflow"
)

// examples are the workflows that openmetadata-ingestion ships, by file name.
func examples(t *testing.T) map[string][]byte {
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
	found := map[string][]byte{}
	for _, f := range files {
		if found[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// TestExamplesUnchanged: without references and variables every example comes
// back byte for byte, and its server settings are found.
func TestExamplesUnchanged(t *testing.T) {
	for name, data := range examples(t) {
		d, err := workflow.Parse(workflow.Input{Name: name, Data: data, Expand: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out, err := d.Render(workflow.Rewrite{})
		if err != nil || !bytes.Equal(out, data) {
			t.Errorf("%s: rendering without changes: %v, %d bytes became %d", name, err, len(data), len(out))
		}
	}
}

// setting is a line with a plain or quoted value that ends on it.
var setting = regexp.MustCompile(`^(\s*(?:- )?(\w+): +)([^\s\[{|>&*!#][^#]*?)(\s*(?: #.*)?)$`)

// planted turns every setting of an example into a reference. Each of the forms
// takes its turn, so that with a few rounds every line had every form.
func planted(data []byte, round int, eol string) generated {
	g := &generator{values: map[string]string{}}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		m := setting.FindStringSubmatch(line)
		if m == nil {
			g.both(line + eol)
			continue
		}
		indent := strings.Repeat(" ", len(m[1])-len(strings.TrimLeft(m[1], " -"))+2)
		ref := fmt.Sprintf("secret:/%s/%d#x", m[2], i)
		g.values[ref] = fmt.Sprintf("value %d: \"'\\ $A\n\u0085\U0001f600", i)
		s := scalar{words: []string{ref}, isRef: true}
		g.both(m[1])
		form := (i + round) % forms
		g.plant(s, ref, form, indent, eol)
		if form == 3 || form == 4 {
			m[4] = "" // behind a block scalar it would be content
		}
		g.both(m[4] + eol)
	}
	return generated{Format: "yaml", Source: g.src.String(), Want: g.want.String(), Env: map[string]string{}, Values: g.values}
}

const forms = 11

// plant writes a reference in one of the forms.
func (g *generator) plant(s scalar, ref string, form int, indent, eol string) {
	anchor := fmt.Sprintf("&a%d ", g.src.Len())
	switch form {
	case 0:
		g.emit(s, ref, ref, "", "")
	case 1:
		g.emit(s, ref, "'"+ref+"'", "", "")
	case 2:
		g.emit(s, ref, `"\x73`+ref[1:]+`"`, "", "")
	case 3:
		g.emit(s, ref+"\n", "|", " # header", eol+indent+ref)
	case 4:
		g.emit(s, ref, ">-", "", eol+indent+" "+ref)
	case 5:
		g.both(anchor)
		g.emit(s, ref, ref, "", "")
	case 6:
		g.both("!!str " + anchor)
		g.emit(s, ref, "'"+ref+"'", "", "")
	case 7:
		g.both("!!str # tag" + eol + indent)
		g.emit(s, ref, ref, "", "")
	case 8:
		g.both("[")
		g.emit(s, ref, ref, "", "")
		g.both(`, {"k":`)
		g.emit(s, ref, `"`+ref+`"`, "", "")
		g.both("}]")
	case 9:
		g.both("{k: ")
		g.emit(s, ref, ref, "", "")
		g.both("}")
	case 10:
		g.both(eol + indent)
		g.emit(s, ref, ref, "", "")
	}
}

// TestExamplesPlanted puts references in every form into every example.
func TestExamplesPlanted(t *testing.T) {
	j := newJudge(t, testenv.Python(t, "airflow3"))
	total, rounds := 0, 4 // enough for every form at every key of the shape
	if os.Getenv("OMSE_CAMPAIGN") != "" {
		rounds = forms
	}
	for name, data := range examples(t) {
		for round := range rounds {
			g := planted(data, round, []string{"\n", "\r\n"}[round%2])
			err := resolve(&g)
			v := j.ask(t, g)
			if err != nil || v.Refused != "" || v.Wrong != "" || g.Out != g.Want {
				t.Errorf("%s, round %d: %v\n%s%s\nsource:\n%s\nresult:\n%s\nwant:\n%s", name, round, err, v.Refused, v.Wrong, g.Source, g.Out, g.Want)
				break
			}
			total += len(g.Values)
		}
	}
	t.Logf("%d references", total)
}
