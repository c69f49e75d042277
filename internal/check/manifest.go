package check

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/workflow"
)

// configVariable is where OpenMetadata's ingestion image expects its workflow.
const configVariable = "config"

// manifest collects the workflows of Kubernetes objects.
type manifest struct {
	lines [][]byte // of the file
	parts []Part
	taken map[*yaml.Node]bool // an alias is no workflow of its own
}

// objects looks into an object, or into the items of a List, which are no lists.
func (m *manifest) objects(n *yaml.Node) {
	items := child(n, "items")
	if !strings.HasSuffix(textOf(n, "kind"), "List") || items == nil {
		m.object(n)
		return
	}
	for _, item := range items.Content {
		m.object(item)
	}
}

func (m *manifest) object(n *yaml.Node) {
	kind := textOf(n, "kind")
	name := kind
	if meta := child(n, "metadata"); meta != nil {
		name = strings.TrimSpace(kind + " " + textOf(meta, "name"))
	}
	switch kind {
	case "ConfigMap", "Secret":
		for _, key := range []string{"data", "stringData"} {
			if data := child(n, key); data != nil && (kind == "ConfigMap") == (key == "data") {
				eachKey(data, func(file string, value *yaml.Node) { m.file(name, file, value) })
			}
		}
	default:
		m.containers(name, n)
	}
}

// file takes a value that becomes a file in a container.
func (m *manifest) file(object, file string, value *yaml.Node) {
	m.take(Part{Name: file, Object: object + ", key " + file, Expand: true}, value)
}

// containers finds the variables of containers, however deep the kind of object
// has them. An anchored list is met where its anchor is.
func (m *manifest) containers(object string, n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		return
	}
	if env := child(n, "env"); env != nil && env.Kind == yaml.SequenceNode {
		for _, variable := range env.Content {
			if value := child(variable, "value"); value != nil && textOf(variable, "name") == configVariable {
				m.take(Part{Object: object + ", env " + configVariable}, value)
			}
		}
	}
	for _, c := range n.Content {
		m.containers(object, c)
	}
}

// take keeps a value that is a workflow.
func (m *manifest) take(p Part, value *yaml.Node) {
	if value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	if value.Kind != yaml.ScalarNode || m.taken[value] {
		return
	}
	m.taken[value] = true
	p.Data = []byte(value.Value)
	if !isWorkflow(p) {
		return
	}
	p.place = m.placer(value)
	m.parts = append(m.parts, p)
}

// isWorkflow tells whether a value is a workflow. One that no parser reads may be
// a script or a page that shows one, so that its name has to agree.
func isWorkflow(p Part) bool {
	docs, stop := loadAll(p.Data)
	if stop > 0 {
		suffix := strings.ToLower(path.Ext(p.Name))
		return slices.Contains([]string{"", ".yaml", ".yml", ".json"}, suffix) && sketch(p.Data).workflow()
	}
	return slices.ContainsFunc(docs, func(doc *yaml.Node) bool { return outline(doc.Content[0]).workflow() })
}

// placer maps positions in a scalar's value to the file. The lines of a literal
// block scalar are those of the file behind its indentation; that they are is
// looked at and not assumed.
func (m *manifest) placer(n *yaml.Node) func(workflow.Position) workflow.Position {
	scalar := workflow.Position{Line: n.Line, Column: n.Column}
	whole := func(workflow.Position) workflow.Position { return scalar }
	if n.Style&yaml.LiteralStyle == 0 {
		return whole
	}
	indents := []int{}
	for i, line := range strings.Split(strings.TrimRight(n.Value, "\n"), "\n") {
		if n.Line+i >= len(m.lines) {
			return whole
		}
		source := bytes.TrimSuffix(m.lines[n.Line+i], []byte("\r"))
		indent, ok := bytes.CutSuffix(source, []byte(line))
		if len(bytes.TrimLeft(indent, " ")) > 0 || !ok {
			return whole
		}
		indents = append(indents, len(indent))
	}
	return func(at workflow.Position) workflow.Position {
		last := min(at.Line, len(indents))
		return workflow.Position{Line: n.Line + at.Line, Column: at.Column + indents[last-1]}
	}
}
