package workflow

import (
	"slices"
	"sort"

	"go.yaml.in/yaml/v4"
)

// Node is a scalar or a collection of the document, for those who look for
// slips in it.
type Node struct {
	// Pos is where the content starts, behind an anchor or a tag.
	Pos  Position
	Path string
	// Key is the nearest mapping key above a value, or a key's own text.
	Key string
	// IsKey tells a key from a value. Sole is a key that has its mapping to
	// itself; Mapped is one whose value is a scalar.
	IsKey, Sole, Mapped bool
	// Scalar tells a scalar from a collection; String is a scalar that our
	// parsers give as a string. Plain is a scalar of YAML without quotes and tag:
	// what it is, is for each parser to say.
	Scalar, String, Plain bool
	// Tag is the short form of the tag that was written or resolved: !!str.
	Tag string
	// Value is the text of a scalar after expansion.
	Value string
	// Variables are those that the scalar's text has in the file as written.
	// Live tells that a second expansion would change a value.
	Variables []Variable
	Live      bool
}

// Variable is a variable in the document as it was written, where the input
// asks for expansion.
type Variable struct {
	Pos  Position
	Name string
	// Braces tells ${NAME} from $NAME; Set, that it was replaced; Alone, that
	// the scalar has no other text.
	Braces, Set, Alone bool

	span // in the expanded text
}

// nodeWalker collects nodes. It follows no alias: what an anchor names is there
// once.
type nodeWalker struct {
	doc       *Document
	variables []Variable
	live      []int
	nodes     []Node
}

// Nodes returns the nodes of the document in the order in which it has them,
// without aliases and the top level itself.
func (d *Document) Nodes() []Node {
	w := &nodeWalker{doc: d, variables: d.variables()}
	if d.in.Expand {
		w.live = live(d.src.text, d.in.Env)
	}
	w.below(d.root, nil, "")
	return w.nodes
}

func (w *nodeWalker) below(n *yaml.Node, at *trail, key string) {
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			w.value(item, &trail{up: at, index: i, item: true}, key)
		}
		return
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		step := &trail{up: at, key: k.Value}
		w.key(k, v, step, len(n.Content) == 2)
		w.value(v, step, k.Value)
	}
}

func (w *nodeWalker) key(k, v *yaml.Node, at *trail, sole bool) {
	if k.Kind != yaml.ScalarNode {
		return
	}
	node := w.node(k, at)
	node.Key, node.IsKey, node.Sole, node.Mapped = k.Value, true, sole, v.Kind == yaml.ScalarNode
	w.nodes = append(w.nodes, node)
}

func (w *nodeWalker) value(n *yaml.Node, at *trail, key string) {
	if n.Kind == yaml.AliasNode {
		return
	}
	node := w.node(n, at)
	node.Key = key
	w.nodes = append(w.nodes, node)
	w.below(n, at, key)
}

func (w *nodeWalker) node(n *yaml.Node, at *trail) Node {
	d := w.doc
	node := Node{Path: at.String(), Tag: n.Tag, Value: n.Value, Scalar: n.Kind == yaml.ScalarNode}
	if !node.Scalar {
		node.Pos = d.src.position(d.start(n))
		return node
	}
	node.String = isString(n)
	node.Plain = n.Style == 0 && d.format == YAML
	p, _ := d.place(n) // a scalar that is lost has the place where it was to be
	node.Pos = d.src.position(p.head.start)
	for _, part := range []span{p.head, p.tail} {
		if part.start == part.end {
			continue
		}
		here := within(w.variables, part)
		if len(here) == 1 {
			here[0].Alone = d.isAlone(here[0].span, part)
		}
		node.Variables = append(node.Variables, here...)
		i := sort.SearchInts(w.live, part.start)
		node.Live = node.Live || i < len(w.live) && w.live[i] < part.end
	}
	return node
}

// variables finds the variables of the file as it was written.
func (d *Document) variables() []Variable {
	if !d.in.Expand {
		return nil
	}
	var found []Variable
	shift := 0
	for _, hit := range variable.FindAllIndex(d.src.raw, -1) {
		text := d.src.raw[hit[0]:hit[1]]
		v := Variable{Name: name(text), Braces: text[1] == '{', span: span{hit[0] + shift, hit[1] + shift}}
		v.Pos = d.src.written(hit[0])
		if value, ok := d.in.Env(v.Name); ok {
			v.Set = true
			v.end = v.start + len(value)
			shift += len(value) - len(text)
		}
		found = append(found, v)
	}
	return found
}

// isAlone tells that a scalar's part is a variable's text, quotes not counted.
func (d *Document) isAlone(v, part span) bool {
	text := d.src.text[part.start:part.end]
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') {
		part = span{part.start + 1, part.end - 1}
	}
	return v == part
}

// within returns the variables (sorted by place) that a part of the text has,
// those included that became nothing.
func within(variables []Variable, part span) []Variable {
	first := sort.Search(len(variables), func(i int) bool {
		v := variables[i]
		return v.end > part.start || v.start == v.end && v.start >= part.start
	})
	last := first
	for last < len(variables) && (variables[last].start < part.end || variables[last].end == part.end) {
		last++
	}
	return slices.Clone(variables[first:last])
}
