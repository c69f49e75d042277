package workflow

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// Rewrite says what Render is to change.
type Rewrite struct {
	// Values are the new values, by index into References. A reference without
	// one stays.
	Values map[int]string
	// Provider replaces the provider by `db` and the loader by `noop`, where
	// the document has them.
	Provider bool
	// StoreServiceConnection, when not nil, is written into the settings
	// object.
	StoreServiceConnection *bool
}

// change is what one scalar becomes: the text written, and what a parser must
// read there.
type change struct {
	text, value, tag string
}

// plan is a rewrite on its way: the changes by node, and the mapping that a key
// is inserted into, if any.
type plan struct {
	doc     *Document
	changes map[*yaml.Node]change
	grown   *yaml.Node
	grow    edit
	stored  string
	parents map[*yaml.Node]*yaml.Node // made when the first one is asked for
}

// Render returns the document with the changes made, after it has checked the
// result. The bytes of everything else are those of the expanded input, apart
// from values that a second expansion would change, which are written in the
// form of a substituted value. Its error is an [*Error]: Internal when the
// check failed, which is a bug, else a document that cannot take the change.
func (d *Document) Render(r Rewrite) ([]byte, error) {
	p, err := d.plan(r)
	if err != nil {
		return nil, err
	}
	return p.render()
}

// Takes returns the error that Render would have for changes that the document
// cannot take, before there are values.
func (d *Document) Takes(r Rewrite) error {
	_, err := d.plan(r)
	return err
}

func (d *Document) plan(r Rewrite) (*plan, error) {
	p := &plan{doc: d, changes: map[*yaml.Node]change{}}
	for i, value := range r.Values {
		if i < 0 || i >= len(d.refs) {
			return nil, &Error{Message: "a value was given for a reference that the document does not have", Internal: true}
		}
		p.set(d.refs[i].node, value)
	}
	if r.Provider {
		if err := p.provider(); err != nil {
			return nil, err
		}
	}
	if r.StoreServiceConnection != nil {
		if err := p.store(*r.StoreServiceConnection); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// set has a scalar written in the quoted form.
func (p *plan) set(n *yaml.Node, value string) {
	p.changes[n] = change{text: quote(value), value: value, tag: "!!str"}
}

// render splices until no value is left that a second expansion would change.
// One round is enough but for a `${` that swallowed the next variable and is
// itself replaced.
func (p *plan) render() ([]byte, error) {
	d := p.doc
	for {
		edits, err := p.edits()
		if err != nil {
			return nil, err
		}
		out, done := splice(d.src.text, edits)
		more := false
		if d.in.Expand {
			if more, err = p.quoteLive(out, done); err != nil {
				return nil, err
			}
		}
		if !more {
			return out, p.check(out, done)
		}
	}
}

// quoteLive adds a change for every value that an expansion of out would
// change, and reports whether there was one.
func (p *plan) quoteLive(out []byte, done []expansion) (bool, error) {
	at := live(out, p.doc.in.Env)
	for i := range at {
		at[i] = original(done, at[i])
	}
	nodes, others, err := p.doc.liveNodes(at)
	for _, offset := range others {
		if !slices.Contains(p.doc.liveElsewhere, offset) {
			return false, &Error{
				Pos: p.doc.src.position(offset), Message: "a value before this place holds an open ${, and OpenMetadata would expand this variable once it is replaced",
				Hint: "close the brace, or write $ as \\u0024 in double quotes",
			}
		}
	}
	more := false
	for _, n := range nodes {
		if _, ok := p.changes[n]; !ok {
			p.set(n, n.Value)
			more = true
		}
	}
	return more, err
}

// edits turns the changes into edits of the text.
func (p *plan) edits() ([]edit, error) {
	edits := make([]edit, 0, len(p.changes)+1)
	if p.grown != nil {
		edits = append(edits, p.grow)
	}
	for n, c := range p.changes {
		at, ok := p.doc.place(n)
		if !ok {
			return nil, p.doc.lost(n)
		}
		edits = append(edits, edit{at.head, p.shift(n, at) + p.doc.text(n, at.head, c)})
		for _, gone := range []span{at.bang, at.tail} {
			if gone.start < gone.end {
				edits = append(edits, edit{gone, ""})
			}
		}
	}
	return edits, nil
}
