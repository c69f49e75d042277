package workflow

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// newLine returns the line ending in use at an offset.
func (d *Document) newLine(at int) string {
	end := lineEnd(d.src.text, at)
	if n := lineBreak(d.src.text[end:]); n > 0 && d.src.text[end] < 0x80 {
		return string(d.src.text[end : end+n])
	}
	if bytes.Contains(d.src.text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// before returns what stands before an offset in its line.
func (d *Document) before(at int) []byte {
	line := sort.SearchInts(d.index.starts, at+1) - 1
	return d.src.text[d.index.starts[line]:at]
}

// indentation returns the blanks that put a line's text below an offset.
func (d *Document) indentation(at int) string {
	return strings.Repeat(" ", utf8.RuneCount(d.before(at)))
}

// shift is what must stand before the text that replaces a scalar. A block
// scalar may start a line at its collection's own column; a quoted one must
// stand deeper.
func (p *plan) shift(n *yaml.Node, at place) string {
	d := p.doc
	if at.tail.end == 0 || len(bytes.TrimLeft(d.before(at.head.start), " ")) > 0 {
		return ""
	}
	if p.parents == nil {
		p.parents = map[*yaml.Node]*yaml.Node{}
		visit(d.root, func(parent *yaml.Node) {
			for _, child := range parent.Content {
				p.parents[child] = parent
			}
		})
	}
	deeper := len(d.indentation(skipPropertiesOf(d, p.parents[n]))) + 1 - len(d.before(at.head.start))
	return strings.Repeat(" ", max(0, deeper))
}
