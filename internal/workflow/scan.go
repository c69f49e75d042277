package workflow

import (
	"bytes"

	"go.yaml.in/yaml/v4"
)

// place is where a scalar is in the expanded text. A new text takes the place
// of head; bang and tail then go. Both are empty for most scalars.
type place struct {
	// bang is a non-specific tag, `!`. It must go with the scalar, because
	// PyYAML resolves even a quoted scalar by its looks when it carries one.
	bang span
	// head is the scalar without properties; of a block scalar, its `|` or `>`
	// with indicators.
	head span
	// tail is a block scalar's content from the break that ends the header's
	// line up to the break that ends the last line with content. The header's
	// comment lies between head and tail.
	tail span
}

// start is the offset of a node, its properties included.
func (d *Document) start(n *yaml.Node) int {
	if s, ok := d.spans[n]; ok {
		return s.start
	}
	return d.index.offset(n.Line, n.Column)
}

// place finds the scalar or alias n. It is false when the text there is not
// what the parser read, which is a bug of ours.
func (d *Document) place(n *yaml.Node) (place, bool) {
	if s, ok := d.spans[n]; ok {
		return place{head: s}, true
	}
	text := d.src.text
	p := place{}
	at := skipProperties(text, d.start(n), n, &p.bang)
	p.head = span{at, at}
	var ok bool
	switch {
	case n.Kind == yaml.AliasNode:
		p.head.end += 1 + len(n.Value)
		ok = p.head.end <= len(text) && string(text[at:p.head.end]) == "*"+n.Value
	case n.Style&yaml.SingleQuotedStyle != 0:
		p.head.end, ok = singleEnd(text, at)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		p.head.end, ok = doubleEnd(text, at)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		p.head, p.tail, ok = blockSpans(text, at, n.Value)
	default:
		p.head.end, ok = plainEnd(text, at, n.Value)
	}
	return p, ok
}

// properties counts a node's properties: an anchor, a tag.
func properties(n *yaml.Node) int {
	count := 0
	if n.Anchor != "" {
		count++
	}
	if n.Style&yaml.TaggedStyle != 0 || n.Tag == "!" {
		count++
	}
	return count
}

// skipProperties returns where a node's content starts, and where its `!` is if
// it has one. Comments and line breaks may stand between properties and
// content. A plain scalar without text starts right after its properties.
func skipProperties(text []byte, at int, n *yaml.Node, bang *span) int {
	for range properties(n) {
		at = skipBlanks(text, at)
		switch {
		case at < len(text) && text[at] == '&':
			at = min(at+1+len(n.Anchor), len(text))
		case n.Tag == "!":
			*bang = span{at, min(at+1, len(text))}
			at = bang.end
		default:
			at = tagEnd(text, at)
		}
	}
	if properties(n) == 0 || n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0 {
		return at
	}
	return skipBlanks(text, at)
}

// skipBlanks skips blanks, line breaks and comments.
func skipBlanks(text []byte, at int) int {
	for at < len(text) {
		n := lineBreak(text[at:])
		switch {
		case n > 0:
			at += n
		case isBlank(text[at]):
			at++
		case text[at] == '#':
			at = lineEnd(text, at)
		default:
			return at
		}
	}
	return at
}

// tagEnd returns where the tag that starts at ends: `!<uri>`, or up to a blank,
// line break or flow indicator.
func tagEnd(text []byte, at int) int {
	if bytes.HasPrefix(text[at:], []byte("!<")) {
		if n := bytes.IndexByte(text[at:], '>'); n >= 0 {
			return at + n + 1
		}
	}
	for at < len(text) && !isBlank(text[at]) && lineBreak(text[at:]) == 0 && bytes.IndexByte([]byte(",[]{}"), text[at]) < 0 {
		at++
	}
	return at
}
