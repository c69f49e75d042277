package main

import (
	"os"
	"strings"
	"testing"
)

const checkPage = "../../docs/check.md"

// example is a fenced text of docs/check.md: its language and the words behind
// it, and the section that it stands in.
type example struct {
	section, language string
	words             []string
	text              string
	line              int
}

// has tells a word, and value the rest of one that starts with a prefix.
func (e example) has(word string) bool {
	for _, w := range e.words {
		if w == word {
			return true
		}
	}
	return false
}

func (e example) value(prefix string) string {
	for _, w := range e.words {
		if v, ok := strings.CutPrefix(w, prefix); ok {
			return v
		}
	}
	return ""
}

// env is the environment that words such as env:NAME=VALUE make.
func (e example) env() map[string]string {
	env := map[string]string{}
	for _, w := range e.words {
		if pair, ok := strings.CutPrefix(w, "env:"); ok {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
	}
	return env
}

// checkExamples reads the page: the headings of its sections, and its examples.
func checkExamples(t *testing.T) (headings []string, examples []example) {
	t.Helper()
	data, err := os.ReadFile(checkPage)
	if err != nil {
		t.Fatal(err)
	}
	section, inside := "", false
	for i, line := range strings.Split(string(data), "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch heading, ok := strings.CutPrefix(line, "### "); {
		case fence && inside:
			inside = false
		case fence:
			words := strings.Fields(info)
			if len(words) < 2 {
				t.Fatalf("%s:%d: an example without words would be no test", checkPage, i+1)
			}
			inside = true
			examples = append(examples, example{section: section, language: words[0], words: words[1:], line: i + 1})
		case inside:
			examples[len(examples)-1].text += line + "\n"
		case ok:
			section, _, _ = strings.Cut(heading, " ")
			headings = append(headings, heading)
		case strings.HasPrefix(line, "## "):
			section = ""
		}
	}
	return headings, examples
}
