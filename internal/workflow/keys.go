package workflow

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// target is a provider or loader value and what replaces it.
type target struct {
	node *yaml.Node
	word string
}

// targets are the scalars that a rewrite of the provider touches, duplicates
// included.
func (d *Document) targets() []target {
	var found []target
	for _, h := range d.holders() {
		for key, word := range map[string]string{providerKey: "db", loaderKey: "noop"} {
			for _, n := range entries(owner(h.node, key, maxHops), key) {
				if v := follow(n); v != nil && v.Kind == yaml.ScalarNode {
					found = append(found, target{n, word})
				}
			}
		}
	}
	return found
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
	for _, n := range present {
		p.changes[n] = change{value: text, tag: "!!bool"}
	}
	if len(present) == 0 {
		p.grown, p.stored = m, text
		p.grow = d.insertion(m, text)
	}
	return nil
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
