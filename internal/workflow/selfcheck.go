package workflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// check is the last thing before a result leaves the package. It holds the
// promise against the result itself and trusts nothing that made it:
//
//   - each removed text, parsed alone, is the scalar that was to be replaced,
//     and holds no comment;
//   - the bytes between the edits are the input's;
//   - the result parses to the input's tree, but for the planned changes.
func (p *plan) check(out []byte, done []expansion) error {
	problem := p.checkBytes(out, done)
	if problem == "" {
		problem = p.checkRemoved(done)
	}
	if problem == "" {
		problem = p.checkTree(out)
	}
	if problem == "" {
		return nil
	}
	return &Error{
		Pos: Position{Line: 1, Column: 1}, Message: "the result failed its own check: " + problem, Internal: true,
		Hint: "please report this with the document's structure, without its values",
	}
}

func (p *plan) checkBytes(out []byte, done []expansion) string {
	text := p.doc.src.text
	from, to := 0, 0
	for _, e := range done {
		if e.fromStart < from || e.fromEnd > len(text) || !bytes.Equal(text[from:e.fromStart], out[to:e.toStart]) {
			return "a byte outside the edits changed"
		}
		from, to = e.fromEnd, e.toEnd
	}
	if !bytes.Equal(text[from:], out[to:]) {
		return "a byte outside the edits changed"
	}
	return ""
}

func (p *plan) checkTree(out []byte) string {
	var root *yaml.Node
	var err error
	if p.doc.format == JSON {
		root, _, err = parseJSON(out, false)
	} else {
		root, err = parseYAML(out)
	}
	if err != nil {
		return "it cannot be parsed"
	}
	return p.same(p.doc.root, root)
}

// same compares a node of the input with its counterpart.
func (p *plan) same(a, b *yaml.Node) string {
	if c, ok := p.changes[a]; ok {
		if b.Kind != yaml.ScalarNode || b.Value != c.value || b.Tag != c.tag || b.Anchor != a.Anchor {
			return "a substituted value reads back as something else"
		}
		return ""
	}
	content := b.Content
	if a == p.grown {
		if len(content) < 2 || content[0].Value != storeKey || content[1].Value != p.stored || content[1].Tag != "!!bool" {
			return "an inserted key reads back as something else"
		}
		content = content[2:]
	}
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || a.Style != b.Style || a.Anchor != b.Anchor || len(a.Content) != len(content) {
		return "a part that was to stay reads back as something else"
	}
	for i, c := range a.Content {
		if problem := p.same(c, content[i]); problem != "" {
			return problem
		}
	}
	return ""
}

// checkRemoved parses the texts that go, all of them in one stream, and holds
// that nothing else went.
func (p *plan) checkRemoved(done []expansion) string {
	var stream strings.Builder
	var nodes []*yaml.Node
	gone := map[span]bool{}
	if p.grown != nil {
		gone[p.grow.span] = true
	}
	for n := range p.changes {
		at, ok := p.doc.place(n)
		gone[at.bang], gone[at.head], gone[at.tail] = true, true, true
		text := string(p.doc.src.text[at.head.start:at.head.end])
		switch {
		case !ok:
			return "a scalar is not where it was read"
		case p.doc.format == JSON:
			if !sameJSON(text, n) {
				return "a removed text is not the scalar"
			}
		case n.Kind == yaml.AliasNode:
			if text != "*"+n.Value {
				return "a removed text is not the alias"
			}
		case text == n.Value && n.Style&^yaml.TaggedStyle == 0:
			// A plain scalar on one line is its own value: nothing to parse.
		default:
			nodes = append(nodes, n)
			p.writeAlone(&stream, n, at, text)
		}
	}
	for _, e := range done {
		if !gone[span{e.fromStart, e.fromEnd}] {
			return "an edit took more or less than a scalar"
		}
	}
	return sameRemoved(stream.String(), nodes)
}

// sameRemoved compares the documents of a stream with the nodes they come from.
func sameRemoved(stream string, nodes []*yaml.Node) string {
	if len(nodes) == 0 {
		return ""
	}
	docs, err := loadYAML([]byte(stream), len(nodes)+1)
	if err != nil || len(docs) != len(nodes) {
		return "the removed texts are not scalars"
	}
	for i, doc := range docs {
		if !sameAlone(nodes[i], doc) {
			return "a removed text is not the scalar"
		}
	}
	return ""
}

// writeAlone writes one removed text as a document. A block scalar with an
// indentation indicator counts from the mapping it is in, so it gets one.
func (p *plan) writeAlone(stream *strings.Builder, n *yaml.Node, at place, head string) {
	tail := string(p.doc.src.text[at.tail.start:at.tail.end])
	if i := strings.IndexAny(head, "123456789"); at.tail.end > 0 && i >= 0 {
		indent, _ := blockIndent(p.doc.src.text, at.tail.start, n.Value)
		fmt.Fprintf(stream, "---\n%*sk: ", max(0, indent-int(head[i]-'0')), "")
	} else {
		stream.WriteString("--- ")
	}
	stream.WriteString(head + tail + "\n")
}

func sameAlone(n, doc *yaml.Node) bool {
	alone := doc.Content[0]
	if alone.Kind == yaml.MappingNode && len(alone.Content) == 2 {
		alone = alone.Content[1]
	}
	value, want := alone.Value, n.Value
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		// Blank lines after the content stay in the text.
		value, want = strings.TrimRight(value, "\n\u2028\u2029"), strings.TrimRight(want, "\n\u2028\u2029")
	}
	comments := alone.HeadComment + alone.LineComment + alone.FootComment + doc.HeadComment + doc.FootComment
	return alone.Kind == yaml.ScalarNode && value == want && alone.Style == n.Style&^yaml.TaggedStyle && comments == ""
}

func sameJSON(text string, n *yaml.Node) bool {
	if n.Tag != "!!str" {
		return text == n.Value
	}
	var s string
	return json.Unmarshal([]byte(text), &s) == nil && s == n.Value
}
