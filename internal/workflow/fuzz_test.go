package workflow_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/workflow"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"a: secret:x # c\nb: |2-  # d\n    secret:y\n\n# e\nc: >\n secret:z\n", "a: &x ! secret:x\nb: [*x, 'secret:y', \"secret:z\"]\n",
		"? k\n: - !!str # t\n    &x\n    secret:\n  - {<<: {a: secret:x}, \"b\":secret:y}\n", "\ufeff%YAML 1.2\n--- # c\r\na: secret:x\r\n  y\r\n...\r\n",
		`{"a": ["secret:x\ud83d\ude00", NaN, "$B"], "b": {"secret:k": "fernet:y"}}`, "a: \"secret:$A \\\n  x\"\nb: $LIVE # $LIVE\n$LIVE: 1\n",
		"workflowConfig:\n  openMetadataServerConfig:\n    secretsManagerProvider: aws\n    secretsManagerLoader:\n", "a: 'secret:it''s\n\n  x'\u2028b: \u0085",
		"{\"workflowConfig\": {\"openMetadataServerConfig\": {}}}", "a: &a [*a]\n<<: *a\n", "a: !<tag:yaml.org,2002:str> secret:x", "a: |\n\t\n", "a: >+\n\n   secret:x\n   \n \n",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
}

// FuzzRender: no document makes the package panic or find a bug of its own; one
// with nothing to replace comes back as it is; and a second, slower checker
// finds every result right that the package's own check let through.
func FuzzRender(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte, expands bool) {
		env := map[string]string{"A": "alpha", "LIVE": "$A", "B": "${LIVE}"}
		d, err := workflow.Parse(workflow.Input{
			Data: data, Expand: expands,
			Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		})
		if err != nil {
			mustBeDocument(t, err)
			return
		}
		d.Server()
		same, err := d.Render(workflow.Rewrite{})
		mustBeDocument(t, err)
		if !expands && err == nil && !bytes.Equal(same, data) {
			t.Errorf("Render without changes: %q became %q", data, same)
		}
		values := map[int]string{}
		for i := range d.References() {
			values[i] = fmt.Sprintf("\n$value %d \u2028\"", i)
		}
		out, err := d.Render(workflow.Rewrite{Values: values})
		mustBeDocument(t, err)
		if err == nil {
			slowCheck(t, same, out, values, d)
		}
		store := false
		if _, err = d.Render(workflow.Rewrite{Values: values, Provider: true, StoreServiceConnection: &store}); err != nil {
			mustBeDocument(t, err)
		}
	})
}

// nonSpecific is a `!` that could be a tag without a name.
var nonSpecific = regexp.MustCompile(`!([\s\x{85}\x{2028}\x{2029}]|$)`)

func mustBeDocument(t *testing.T, err error) {
	t.Helper()
	var e *workflow.Error
	if err != nil && (!errors.As(err, &e) || e.Internal || e.Message == "") {
		t.Fatalf("an error that is not the document's: %v", err)
	}
}

// slowCheck compares a document before and after substitution from what can be
// seen from outside: the flattened trees, the comments, and the text between
// the values.
func slowCheck(t *testing.T, before, after []byte, values map[int]string, d *workflow.Document) {
	t.Helper()
	if d.Format() != workflow.YAML {
		return
	}
	a, b := flat(t, before), flat(t, after)
	refs, n := d.References(), 0
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		if n < len(refs) && strings.Contains(b[i], values[n]) {
			n++
			continue
		}
		t.Fatalf("%q became %q: node %d was %q, is %q", before, after, i, a[i], b[i])
	}
	if len(a) != len(b) || n != len(refs) {
		t.Fatalf("%q became %q: %d nodes became %d, %d of %d values are there", before, after, len(a), len(b), n, len(refs))
	}
	if nonSpecific.Match(before) {
		return // a non-specific tag goes with its scalar
	}
	rest := string(before)
	for i, part := range strings.SplitAfter(string(after), `"\n\u0024value `) {
		if i > 0 {
			_, part, _ = strings.Cut(part, ` \u2028\""`)
		}
		part = strings.TrimSuffix(part, `"\n\u0024value `)
		header, below := part, ""
		if end := strings.IndexAny(part, "\r\n\u0085\u2028\u2029"); end >= 0 && i > 0 {
			header, below = part[:end], part[end:] // a block scalar's content was between the two
		}
		for _, piece := range []string{header, below} {
			at := strings.Index(rest, piece)
			if at < 0 || i == 0 && at != 0 {
				t.Fatalf("%q became %q: %q is not in the source there", before, after, piece)
			}
			rest = rest[at+len(piece):]
		}
	}
}

// flat lists the nodes of a YAML text, keys and values in order, and after them
// all comments in alphabetical order.
func flat(t *testing.T, text []byte) []string {
	t.Helper()
	text = bytes.Replace(text, []byte("%YAML 1.2"), []byte("%YAML 1.1"), 1)
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		if bytes.Contains(text, []byte("%YAML")) {
			t.Skip("a directive that only the package mends")
		}
		t.Fatalf("%q: %v", text, err)
	}
	var nodes, comments []string
	var walk func(n *yaml.Node, value bool)
	walk = func(n *yaml.Node, value bool) {
		tag := n.Tag
		if tag == "!" && value {
			tag = "!!str"
		}
		nodes = append(nodes, fmt.Sprintf("%d %s &%s %q *%s", n.Kind, tag, n.Anchor, n.Value, n.Value))
		for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
			comments = append(comments, strings.Fields(strings.ReplaceAll(c, "\n", " "))...)
		}
		for i, c := range n.Content {
			walk(c, n.Kind != yaml.MappingNode || i%2 == 1)
		}
	}
	walk(&doc, false)
	sort.Strings(comments)
	return append(nodes, strings.Join(comments, " "))
}
