// Package workflow is the document: an OpenMetadata workflow file whose
// references are to be replaced by values, byte for byte the same elsewhere.
//
// [Parse] expands environment variables as OpenMetadata's loader does, parses
// YAML or JSON, and finds the references. [Document.Render] splices values in
// and checks the result before handing it out. The package knows no store and
// reads nothing: the caller looks the references up.
//
// Two rules make the result safe for what comes after it (os.path.expandvars,
// then PyYAML or Python's json): a substituted scalar is a double-quoted string
// whose escapes all three agree on, and no value keeps a `$` that a second
// expansion would act on.
package workflow

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Format is the syntax of a document.
type Format int

// The formats. Auto goes by the name's suffix, which is case-sensitive as
// upstream's is; other names (stdin) are JSON when they are strict JSON, else
// YAML.
const (
	Auto Format = iota
	YAML
	JSON
)

// Input is what Parse reads.
type Input struct {
	// Name is the file's name; only its suffix matters here.
	Name   string
	Data   []byte
	Format Format
	// Expand asks for os.path.expandvars over the raw text, with Env.
	Expand bool
	// Env looks an environment variable up; nil means that none is set.
	Env func(name string) (string, bool)
}

// Document is a parsed document. It does not change after Parse and is safe for
// concurrent use.
type Document struct {
	in     Input
	format Format
	src    source
	// index finds the places that the YAML parser gives; unused for JSON.
	index lines
	// root is the top-level mapping.
	root *yaml.Node
	// spans holds where each node of a JSON document is, quotes included; YAML
	// nodes are scanned when they are needed.
	spans map[*yaml.Node]span
	refs  []Scalar
	// dollars are the string values with a `$`, which an expansion may change.
	dollars []*yaml.Node
	// liveElsewhere are the offsets of variables in keys and comments that a
	// second expansion would replace.
	liveElsewhere []int
	warnings      []Warning
}

// Scalar is a string value of the document.
type Scalar struct {
	Pos  Position
	Path string
	// Value is what the parser made of the scalar, after expansion. Of a
	// reference, trailing line breaks are cut off.
	Value string
	// ServiceConnection tells that the scalar lies under
	// source.serviceConnection, directly or through an alias.
	ServiceConnection bool

	node *yaml.Node
}

// Warning is something that the user should know about the document, although
// it can be used.
type Warning struct {
	Slip                Slip
	Pos                 Position
	Path, Message, Hint string
}

// Parse reads a document. Its error is an [*Error].
func Parse(in Input) (*Document, error) {
	if in.Env == nil {
		in.Env = func(string) (string, bool) { return "", false }
	}
	src, err := read(in)
	if err != nil {
		return nil, err
	}
	d := &Document{in: in, format: in.Format, src: src}
	if err := d.parse(); err != nil {
		return nil, err
	}
	if err := d.find(); err != nil {
		return nil, err
	}
	return d, nil
}

// parse fills root, and settles the format.
func (d *Document) parse() (err error) {
	if d.format == Auto {
		d.format = formatOf(d.in.Name)
	}
	if d.format == Auto {
		if d.root, d.spans, err = parseJSON(d.src.text, true); err == nil {
			d.format = JSON
			return d.checkRoot()
		}
		d.format = YAML
	}
	if d.format == JSON {
		d.root, d.spans, err = parseJSON(d.src.text, false)
	} else {
		d.root, err = parseYAML(d.src.text)
		d.index = newLines(d.src.text)
	}
	if err != nil {
		return d.src.locate(err)
	}
	return d.checkRoot()
}

func formatOf(name string) Format {
	switch {
	case strings.HasSuffix(name, ".json"):
		return JSON
	case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"):
		return YAML
	}
	return Auto
}

// checkRoot holds the one rule on a workflow's shape: it is a mapping.
func (d *Document) checkRoot() error {
	if d.root.Kind == yaml.MappingNode {
		return nil
	}
	pos := d.src.position(d.start(d.root))
	if d.root.Kind == yaml.ScalarNode && d.root.Value == "" && d.root.Style == 0 {
		return &Error{Pos: pos, Message: "the document is empty", Hint: "a workflow is a mapping with keys such as source and workflowConfig"}
	}
	return &Error{
		Pos: pos, Message: "the top level is not a mapping",
		Hint: "a workflow is a mapping with keys such as source and workflowConfig",
	}
}

// Format returns the syntax that the document was read in, YAML or JSON.
func (d *Document) Format() Format { return d.format }

// References returns the string values that start with "secret:" or "fernet:",
// in document order. An anchored value is there once, where its anchor is.
func (d *Document) References() []Scalar { return d.refs }

// Warnings returns what Parse noticed, in document order.
func (d *Document) Warnings() []Warning { return d.warnings }
