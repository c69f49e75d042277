package workflow

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/reference"
)

// finder walks a document once and collects what Parse promises.
type finder struct {
	doc *Document
	// asKey are the aliases in keys, by the node they stand for; asValue are
	// the others.
	asKey   map[*yaml.Node]*yaml.Node
	asValue []*yaml.Node
	// keys are the anchored scalars that are keys.
	keys map[*yaml.Node]bool
	err  error
}

// find collects references, scalars with a `$` and warnings.
func (d *Document) find() error {
	f := &finder{doc: d, asKey: map[*yaml.Node]*yaml.Node{}, keys: map[*yaml.Node]bool{}}
	visit(d.root, f.checkAnchor)
	if f.err == nil {
		f.value(d.root, nil)
	}
	if f.err == nil {
		f.checkAliases()
	}
	if f.err != nil {
		return f.err
	}
	d.markServiceConnection()
	err := d.warnLive()
	slices.SortStableFunc(d.warnings, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return err
}

// value visits a node in value position.
func (f *finder) value(n *yaml.Node, at *trail) {
	switch n.Kind {
	default: // documents and streams are not inside one
	case yaml.ScalarNode:
		f.scalar(n, at)
	case yaml.AliasNode:
		f.asValue = append(f.asValue, n)
	case yaml.SequenceNode:
		for i, item := range n.Content {
			f.value(item, &trail{up: at, index: i, item: true})
		}
	case yaml.MappingNode:
		f.mapping(n, at)
	}
}

func (f *finder) mapping(n *yaml.Node, at *trail) {
	type id struct{ tag, value string }
	seen := make(map[id]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		f.key(k)
		step := &trail{up: at, key: k.Value}
		if this := (id{k.Tag, k.Value}); k.Kind == yaml.ScalarNode && k.Tag != "!!merge" {
			if seen[this] {
				f.doc.warn(DuplicateKey, k, step, "the key is there twice in one mapping; Python keeps the last one and says nothing", "remove one of the two")
			}
			seen[this] = true
		}
		f.value(v, step)
	}
}

// key visits a node in key position. Whatever a key holds is no reference.
func (f *finder) key(n *yaml.Node) {
	meant := n
	if n.Kind == yaml.AliasNode {
		f.asKey[n.Alias] = n
		meant = n.Alias
	}
	switch {
	case meant.Kind != yaml.ScalarNode:
		f.err = cmp.Or(f.err, error(&Error{
			Pos: f.doc.src.position(f.doc.start(n)), Message: "a mapping or a list is the key of a mapping, which Python refuses",
			Hint: "render a template first, which has {{ }} around names; a value that begins with a brace or a bracket needs quotes",
		}))
	case n.Anchor != "":
		f.keys[n] = true
	}
}

func (f *finder) scalar(n *yaml.Node, at *trail) {
	if !isString(n) {
		return
	}
	d := f.doc
	if d.in.Expand && strings.Contains(n.Value, "$") {
		d.dollars = append(d.dollars, n)
	}
	if !isReference(n.Value) {
		return
	}
	p, ok := d.place(n)
	if !ok {
		f.err = d.lost(n)
		return
	}
	value := strings.TrimRight(n.Value, "\r\n")
	if value != n.Value {
		d.warn(TrailingBreak, n, at, "a line break ends the reference; it is left out of the look-up, where OpenMetadata would keep it and find nothing",
			"write the reference in quotes, or with |- or >- instead of | or >")
	}
	d.refs = append(d.refs, Scalar{Pos: d.src.position(p.head.start), Path: at.String(), Value: value, node: n})
}

// anchorName is what PyYAML takes for an anchor's name. It ends one at `?` or
// `:` and refuses other characters, where yaml/v4 reads on: the two would not
// agree on where the scalar behind it starts.
var anchorName = regexp.MustCompile(`^[0-9A-Za-z_-]*$`)

func (f *finder) checkAnchor(n *yaml.Node) {
	if f.err == nil && !anchorName.MatchString(n.Anchor) {
		f.err = &Error{
			Pos: f.doc.src.position(f.doc.start(n)), Message: "the anchor here has a name that PyYAML does not read",
			Hint: "name anchors with letters, digits, - and _",
		}
	}
}

// checkAliases refuses a reference that is both a key and a value through its
// alias: replacing it would rename the key.
func (f *finder) checkAliases() {
	message, hint := "an alias makes this reference a key as well as a value", "write the value out instead of using an alias"
	for _, ref := range f.doc.refs {
		if alias := f.asKey[ref.node]; alias != nil {
			f.err = &Error{Slip: ReferenceAsKey, Pos: f.doc.src.position(f.doc.start(alias)), Message: message, Hint: hint}
			return
		}
	}
	for _, alias := range f.asValue {
		if n := alias.Alias; f.keys[n] && isString(n) && isReference(n.Value) {
			f.err = &Error{Slip: ReferenceAsKey, Pos: f.doc.src.position(f.doc.start(alias)), Message: message, Hint: hint}
			return
		}
	}
}

// isString reports whether both parsers give n as a string: resolved to !!str,
// or with the non-specific tag and a value that looks like nothing else, which
// holds for all that is asked here (a reference, a value with a `$`).
func isString(n *yaml.Node) bool { return n.Tag == "!!str" || n.Tag == "!" }

func isReference(s string) bool {
	return reference.Is(s) || strings.HasPrefix(s, "fernet:")
}

func (d *Document) warn(slip Slip, n *yaml.Node, at *trail, message, hint string) {
	d.warnings = append(d.warnings, Warning{Slip: slip, Pos: d.src.position(d.start(n)), Path: at.String(), Message: message, Hint: hint})
}

// lost is the error for a scalar that is not where the parser said.
func (d *Document) lost(n *yaml.Node) error {
	return &Error{Pos: d.src.position(d.start(n)), Message: "the scalar that the parser read here cannot be found in the text", Internal: true}
}
