package workflow

import (
	"sort"

	"go.yaml.in/yaml/v4"
)

// liveNodes returns the string values of the document in which a variable
// starts at one of the offsets (sorted, of the expanded text), and the offsets
// that belong to no such value: those in keys and comments.
func (d *Document) liveNodes(at []int) (nodes []*yaml.Node, others []int, err error) {
	taken := make([]bool, len(at))
	for _, n := range d.dollars {
		p, ok := d.place(n)
		if !ok {
			return nil, nil, d.lost(n)
		}
		hit := false
		for _, part := range []span{p.head, p.tail} {
			for i := sort.SearchInts(at, part.start); i < len(at) && at[i] < part.end; i++ {
				taken[i], hit = true, true
			}
		}
		if hit {
			nodes = append(nodes, n)
		}
	}
	for i, t := range taken {
		if !t {
			others = append(others, at[i])
		}
	}
	return nodes, others, nil
}

// warnLive warns of variables that a second expansion would replace outside
// values: only a variable's value can have put them there, and rewriting a key
// or a comment is not ours to do.
func (d *Document) warnLive() error {
	if !d.in.Expand {
		return nil
	}
	at := live(d.src.text, d.in.Env)
	if len(at) == 0 {
		return nil
	}
	_, others, err := d.liveNodes(at)
	d.liveElsewhere = others
	for _, offset := range others {
		d.warnings = append(d.warnings, Warning{
			Slip: LiveVariable, Pos: d.src.position(offset),
			Message: "an environment variable's value holds another variable here, in a key or comment; OpenMetadata expands the result once more",
			Hint:    "set the first variable to text without a $",
		})
	}
	return err
}
