//go:build integration

package workflow_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
	"om-secret-exec/internal/workflow"
)

// TestMutations damages documents at random and holds what must be true of any
// input: what both we and Python read, we render rightly; and no document is
// refused as a bug of ours. Which of the two refuses more is only reported.
func TestMutations(t *testing.T) {
	count := uint64(1000)
	if os.Getenv("OMSE_CAMPAIGN") != "" {
		count = 50_000
	}
	j := newJudge(t, testenv.Python(t, "plain"))
	tally := map[string]int{}
	for seed := range count {
		g := mutated(seed)
		err := resolveAll(&g)
		v := j.ask(t, g)
		var refused *workflow.Error
		switch {
		case errors.As(err, &refused) && refused.Internal:
			t.Errorf("seed %d: %v\n%q", seed, err, g.Source)
		case v.Refused != "" && err == nil:
			tally["only Python refuses"]++
		case v.Refused != "":
			tally["both refuse"]++
		case err != nil:
			tally["only we refuse: "+refused.Message]++
		case v.Wrong != "":
			t.Errorf("seed %d: %s\nsource: %q\nresult: %q", seed, v.Wrong, g.Source, g.Out)
		default:
			tally["same"]++
		}
	}
	t.Logf("%d documents: %v", count, tally)
	if tally["same"] < int(count/10) {
		t.Errorf("%d of %d documents are read by both: too few for a test", tally["same"], count)
	}
}

// TestMutatedJSON holds that we and Python's json module read the same texts.
func TestMutatedJSON(t *testing.T) {
	count := uint64(1000)
	if os.Getenv("OMSE_CAMPAIGN") != "" {
		count = 50_000
	}
	j := newJudge(t, testenv.Python(t, "plain"))
	same := 0
	for seed := range count {
		g := mutate(jsonDocument(seed), seed, []string{
			"", "", " ", "\n", "\t", `"`, `\`, `\u12`, ",", ":", "{", "}", "[", "]", "0", "-", ".", "e", "1", "NaN", "Infinity", "true", "null", "\x01", "\u00a0", "'", "//",
		})
		err := resolveAll(&g)
		if err != nil && (strings.Contains(err.Error(), "not a mapping") || strings.Contains(err.Error(), "open ${")) {
			continue // JSON, but not to be rendered
		}
		v := j.ask(t, g)
		if (err != nil) != (v.Refused != "") || v.Wrong != "" {
			t.Errorf("seed %d: we say %v, Python says %q %q\n%q", seed, err, v.Refused, v.Wrong, g.Source)
		}
		if err == nil {
			same++
		}
	}
	t.Logf("%d documents, %d of them JSON", count, same)
}

// mutated is a damaged YAML document.
func mutated(seed uint64) generated {
	return mutate(yamlDocument(seed%5000), seed, []string{
		"", "", " ", "\n", "\t", ":", "#", " #", "'", `"`, "{", "}", "[", "]", ",", "?", "? ", "- ", "|", ">", "&a ", "*a", "! ", "!!str ", "\\",
		"\u0085", "\u2028", "\r", "%", "---\n", "...\n", "\ufeff", "  ", "@", "`", "0", "~", "=", "<<: ",
	})
}

// mutate puts a few characters in or takes them out. Variables hold no
// variables: keys with such are not ours to mend.
func mutate(g generated, seed uint64, pieces []string) generated {
	g.Env = maps.Clone(variables)
	g.Env["LIVE"], g.Env["LIVE2"] = "beta", "gamma"
	r := rand.New(rand.NewPCG(seed, 3))
	text := []rune(g.Source)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(text) + 1)
		end := min(len(text), at+r.IntN(2)*r.IntN(4))
		piece := []rune(pieces[r.IntN(len(pieces))])
		text = append(append(append([]rune{}, text[:at]...), piece...), text[end:]...)
	}
	g.Source = string(text)
	return g
}

// resolveAll renders a document whose references nobody knows beforehand.
func resolveAll(g *generated) error {
	d, err := workflow.Parse(input("w."+g.Format, g.Source, g.Env))
	if err != nil {
		return err
	}
	g.Values = map[string]string{}
	for i, ref := range d.References() {
		g.Values[ref.Value] = "value " + strconv.Itoa(i)
	}
	return resolve(g)
}
