package workflow

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// Comment is a comment of a YAML document.
type Comment struct {
	Pos Position
	// Text is the comment from its # to the end of the line, after expansion.
	Text string
	// Alone tells that nothing stands before it in its line.
	Alone bool
}

// Comments returns the document's comments, in order. JSON has none.
func (d *Document) Comments() []Comment {
	if d.format == JSON {
		return nil
	}
	text, scalars := d.src.text, d.scalarSpans()
	var found []Comment
	alone := true
	for at, next := d.index.starts[0], 0; at < len(text); {
		for next < len(scalars) && scalars[next].end <= at {
			next++
		}
		size := lineBreak(text[at:])
		switch {
		case next < len(scalars) && scalars[next].start <= at:
			at, alone = scalars[next].end, false
		case size > 0:
			at, alone = at+size, true
		case text[at] == '#' && d.startsComment(at):
			end := lineEnd(text, at)
			found = append(found, Comment{Pos: d.src.position(at), Text: string(text[at:end]), Alone: alone})
			at = end
		default:
			alone = alone && isBlank(text[at])
			at++
		}
	}
	return found
}

func (d *Document) startsComment(at int) bool {
	before := d.before(at)
	return len(before) == 0 || isBlank(before[len(before)-1])
}

// scalarSpans returns where the document's scalars are, the empty ones left
// out, in order.
func (d *Document) scalarSpans() []span {
	var spans []span
	visit(d.root, func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode {
			return
		}
		p, _ := d.place(n)
		for _, part := range []span{p.head, p.tail} {
			if part.end > part.start {
				spans = append(spans, part)
			}
		}
	})
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return spans
}
