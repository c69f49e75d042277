package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/workflow"
)

// Part is one workflow of a file: the file itself, or a value inside a
// Kubernetes manifest.
type Part struct {
	// Name and Data are what [workflow.Parse] takes.
	Name string
	Data []byte
	// Object says where in a manifest the workflow is, such as
	// `CronJob nightly, env config`; empty when the file is the workflow.
	Object string
	// Expand tells that whoever reads the workflow expands $NAME in it: the
	// metadata program does, the image that takes it from a variable does not.
	Expand bool

	place func(workflow.Position) workflow.Position
}

// Place turns a position in the workflow into one in the file. Where the two
// texts do not run side by side, as in a quoted or folded scalar, it is that of
// the scalar.
func (p Part) Place(at workflow.Position) workflow.Position {
	if p.place == nil || at.Line == 0 {
		return at
	}
	return p.place(at)
}

// Whole makes all of a text one workflow, whatever it holds.
func Whole(name string, data []byte) Part { return Part{Name: name, Data: data, Expand: true} }

// Parts finds the workflows in a YAML or JSON text. There are none in a file
// that is about something else. A text that no parser reads is a workflow when
// its keys look like one, so that its syntax error is told. The error is of a
// Kubernetes manifest that cannot be read to its end, which may be a template;
// the workflows before that place are given all the same.
func Parts(name string, data []byte) ([]Part, error) {
	if !promising(data) {
		return nil, nil
	}
	readable := withoutSurrogates(data)
	docs, stop := loadAll(readable)
	manifests := manifest{lines: bytes.Split(readable, []byte("\n")), taken: map[*yaml.Node]bool{}}
	for _, doc := range docs {
		switch s := outline(doc.Content[0]); {
		case s.manifest():
			manifests.objects(doc.Content[0])
		case s.workflow():
			return []Part{Whole(name, data)}, nil
		}
	}
	if stop == 0 {
		return manifests.parts, nil
	}
	switch s := sketch(data); {
	case s.manifest():
		return manifests.parts, fmt.Errorf("the manifest cannot be parsed beyond line %d, so that workflows there are not found", stop)
	case s.workflow():
		return []Part{Whole(name, data)}, nil
	}
	return nil, nil
}

// surrogates are escapes that JSON has for one character in pairs.
var surrogates = regexp.MustCompile(`\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// withoutSurrogates makes JSON readable for a parser of YAML, which refuses
// them. Places stay.
func withoutSurrogates(data []byte) []byte {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return data
	}
	return surrogates.ReplaceAll(data, []byte(`\ufffd`))
}

// loadAll parses the documents of a text, up to the line where it stops at an
// error; 0 without one. What is wrong there is not told: a workflow's own errors
// are found by [workflow.Parse], and other files may be what they want.
func loadAll(data []byte) (docs []*yaml.Node, stop int) {
	defer func() {
		if recover() != nil { // the parser indexes its buffers freely
			stop = 1
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	for err == nil && len(docs) < maxDocuments {
		doc := new(yaml.Node)
		if err = loader.Load(doc); err == nil && len(doc.Content) > 0 {
			docs = append(docs, doc)
		}
	}
	if err == nil || errors.Is(err, io.EOF) {
		return docs, 0
	}
	if load := (*yaml.LoadError)(nil); errors.As(err, &load) {
		stop = load.Mark.Line
	}
	return docs, max(stop, 1)
}

// maxDocuments bounds what is read of a stream.
const maxDocuments = 10_000

// shape is what recognition looks at: the keys at the top of a document, each
// with the keys right below it.
type shape map[string][]string

func (s shape) has(key string) bool { _, ok := s[key]; return ok }

// below counts the given keys that a top-level key holds.
func (s shape) below(key string, keys ...string) int {
	n := 0
	for _, k := range keys {
		if slices.Contains(s[key], k) {
			n++
		}
	}
	return n
}

// manifest tells an object of Kubernetes.
func (s shape) manifest() bool { return s.has("apiVersion") && s.has("kind") }

// workflow tells whether a document is something that OpenMetadata runs: an
// ingestion workflow, an application, an automation or a pipeline definition.
func (s shape) workflow() bool {
	for _, key := range telling() {
		if s.has(key) {
			return true
		}
	}
	known := s.below("source", "type", "serviceName", "serviceConnection", "sourceConfig")
	switch {
	case s.has("request") && s.has("workflowType"), s.has("appConfig") && s.has("appPrivateConfig"):
		return true
	case s.has("sink") || s.has("stage") || s.has("bulkSink") || s.has("processor"):
		return known > 0
	}
	return known > 1
}

// telling are the keys that nothing but OpenMetadata has at the top of a file.
func telling() []string {
	return []string{
		"workflowConfig", "openMetadataServerConnection", "openMetadataServerConfig",
		"secretsManagerProvider", "secretsManagerLoader", "sourcePythonClass", "ingestionPipelineFQN",
	}
}

// promising keeps the parser from files that cannot be of interest: directories
// hold large ones.
func promising(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data = bytes.ReplaceAll(data, []byte{0}, nil) // UTF-16, which is told of
	}
	for _, word := range append(telling(), "source", "workflowType", "appPrivateConfig") {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return false
}
