package workflow

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// target is a provider or loader and what replaces its value.
type target struct {
	entry

	word string
}

// targets are the scalars that a rewrite of the provider touches, duplicates
// included.
func (d *Document) targets() []target {
	var found []target
	for _, h := range d.holders() {
		for key, word := range map[string]string{providerKey: "db", loaderKey: "noop"} {
			for _, e := range entries(owner(h.node, key), key) {
				if v := follow(e.value); v != nil && v.Kind == yaml.ScalarNode {
					found = append(found, target{e, word})
				}
			}
		}
	}
	return found
}

// provider plans that all look-ups are done.
func (p *plan) provider() error {
	for _, t := range p.doc.targets() {
		if err := p.write(t.entry, change{value: t.word, tag: "!!str"}); err != nil {
			return err
		}
	}
	return nil
}

// store plans storeServiceConnection: its values are replaced where the
// settings object has them, else the key is inserted before the first one.
func (p *plan) store(value bool) error {
	d, text := p.doc, strconv.FormatBool(value)
	m := follow(d.settings().node)
	if m == nil {
		return &Error{
			Pos: Position{Line: 1, Column: 1}, Message: "there is no openMetadataServerConfig to write storeServiceConnection into",
			Hint: "leave --store-service-connection out for this document",
		}
	}
	present := entries(m, storeKey)
	for _, e := range present {
		if err := p.write(e, change{value: text, tag: "!!bool"}); err != nil {
			return err
		}
	}
	if len(present) == 0 {
		p.grown, p.stored = m, text
		p.grow = d.insertion(m, text)
	}
	return nil
}

// write plans a word of ours in the place of a key's value, unless that would
// change more, or give something else than the word.
func (p *plan) write(e entry, c change) error {
	problem := ""
	switch n := e.value; {
	case n.Kind != yaml.ScalarNode && n.Kind != yaml.AliasNode:
		problem = "is a mapping or a list"
	case p.doc.aliased()[n]:
		problem = "carries an anchor that is used elsewhere"
	case n.Style&yaml.TaggedStyle != 0 && n.Tag != c.tag && n.Tag != "!":
		problem = "has a tag"
	case !p.doc.hasColon(e):
		problem = "is missing, and so is the colon behind the key"
	default:
		p.changes[n] = c
		return nil
	}
	key := follow(e.key).Value
	return &Error{
		Pos: p.doc.src.position(p.doc.start(e.value)), Message: "the value of " + key + " cannot be replaced: it " + problem,
		Hint: "write " + key + ": " + c.value + " into the document yourself",
	}
}

// hasColon reports whether a colon stands between a key and its value: one that
// is empty may have none.
func (d *Document) hasColon(e entry) bool {
	if e.value.Kind != yaml.ScalarNode || e.value.Value != "" || e.value.Style != 0 {
		return true
	}
	key, ok := d.place(e.key)
	from, to := max(key.head.end, key.tail.end), d.start(e.value)
	return !ok || from < to && bytes.IndexByte(d.src.text[from:to], ':') >= 0
}

// text is what is written for a change at a span. Words of our own are plain in
// YAML, unless something stands right before them that a plain scalar needs a
// blank after.
func (d *Document) text(n *yaml.Node, at span, c change) string {
	switch {
	case d.format == JSON && c.text != "" && n.Value == c.value:
		// A value rewritten for its `$` alone keeps its other escapes, and with
		// them the lone surrogates that only Python reads.
		return strings.ReplaceAll(string(d.src.text[at.start:at.end]), "$", `\u0024`)
	case c.text != "":
		return c.text
	case c.tag == "!!bool" && d.format == JSON:
		return c.value
	case d.format == JSON:
		return quote(c.value)
	}
	blank := at.start == 0 || isBlank(d.src.text[at.start-1]) || lineBreak(d.src.text[at.start-1:]) > 0
	switch {
	case blank:
		return c.value
	case at.start < at.end && c.tag == "!!str":
		return quote(c.value)
	}
	return " " + c.value
}

// insertion is the edit that puts storeServiceConnection before the first key
// of a mapping, in the mapping's own style, indentation and line ending.
func (d *Document) insertion(m *yaml.Node, value string) edit {
	key := storeKey
	if d.format == JSON {
		key = quote(storeKey)
	}
	at := skipPropertiesOf(d, m)
	text := d.src.text
	if d.format != JSON && m.Style&yaml.FlowStyle == 0 {
		return edit{span{at, at}, key + ": " + value + d.newLine(at) + d.indentation(at)}
	}
	at++ // the opening brace
	end := at
	for end < len(text) && (isBlank(text[end]) || lineBreak(text[end:]) > 0) {
		end += max(1, lineBreak(text[end:]))
	}
	gap := string(text[at:end])
	switch {
	case len(m.Content) == 0:
		return edit{span{at, at}, key + ": " + value}
	case gap == "":
		return edit{span{at, at}, key + ": " + value + ", "}
	}
	return edit{span{at, at}, gap + key + ": " + value + ","}
}

// skipPropertiesOf returns where a collection's own text starts.
func skipPropertiesOf(d *Document, n *yaml.Node) int {
	var bang span
	return skipProperties(d.src.text, d.start(n), n, &bang)
}
