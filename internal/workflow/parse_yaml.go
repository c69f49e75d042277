package workflow

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// version is a YAML directive of any version 1.x, which PyYAML accepts and
// yaml/v4 does not beyond 1.1. A directive stands in column 1 before the first
// `---`.
var version = regexp.MustCompile(`^%YAML[ \t]+1\.([0-9]+)`)

// parseYAML parses the one document of a YAML text and returns its top node.
// Errors are [*offsetError] or, when the parser itself breaks, an internal
// [*Error].
func parseYAML(text []byte) (root *yaml.Node, err error) {
	docs, err := loadYAML(text, 2)
	switch {
	case err != nil:
		return nil, err
	case len(docs) == 0:
		return nil, &offsetError{
			offset: len(text), message: "the document is empty",
			hint: "a workflow is a mapping with keys such as source and workflowConfig",
		}
	case len(docs) > 1:
		return nil, &offsetError{
			offset: newLines(text).offset(docs[1].Line, docs[1].Column), message: "a second document starts here",
			hint: "OpenMetadata reads files with one document; put the others into files of their own",
		}
	}
	return docs[0].Content[0], nil
}

// loadYAML parses up to limit documents.
func loadYAML(text []byte, limit int) (docs []*yaml.Node, err error) {
	defer func() {
		// The parser indexes its buffers freely; a slip there is no reason to
		// die with a stack trace that may show the document.
		if recover() != nil {
			docs, err = nil, &Error{Pos: Position{Line: 1, Column: 1}, Message: "the YAML parser broke on this document", Internal: true}
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(plainVersion(text)))
	if err != nil {
		return nil, &Error{Message: "making a YAML parser", Internal: true}
	}
	for len(docs) < limit {
		doc := new(yaml.Node)
		err := loader.Load(doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntaxError(text, err)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// syntaxError keeps the parser's message, which is of fixed words, and its
// place. Other errors of the library may quote the document and are dropped.
func syntaxError(text []byte, err error) error {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return &offsetError{message: "this is not YAML"}
	}
	mark := load.Mark
	if load.ContextMark.Line > 0 && strings.Contains(load.Message, "end of stream") {
		mark = load.ContextMark // an open quote is missed at the end, and mended where it begins
	}
	at := newLines(text).offset(mark.Line, mark.Column)
	if load.Stage == yaml.ReaderStage {
		at = load.Mark.Index
	}
	message := load.Message
	if load.Stage == yaml.ComposerStage {
		message = "an alias names an anchor that does not come before it"
	}
	if load.ContextMsg != "" {
		message += " " + load.ContextMsg
	}
	return &offsetError{offset: at, message: "parsing YAML: " + message, hint: yamlHint(load.Message)}
}

// yamlHint translates the parser's commoner complaints.
func yamlHint(message string) string {
	if strings.HasPrefix(message, "control characters are not allowed") {
		return "remove the control character, or write it as an escape in double quotes"
	}
	switch message {
	case "found character that cannot start any token":
		return "quote the value, or indent with blanks instead of tabs"
	case "mapping values are not allowed in this context":
		return "put quotes around a value that contains a colon and a blank"
	case "found a comment without preceding whitespace":
		return "put a blank before #"
	case "found unknown directive name":
		return "remove the line that starts with %, or put the value into quotes"
	}
	return ""
}

// plainVersion makes every %YAML 1.x directive of the prologue a 1.1 of the
// same length, so that places stay.
func plainVersion(text []byte) []byte {
	if !bytes.Contains(text, []byte("%YAML")) {
		return text
	}
	out := bytes.Clone(text)
	for at := len(out) - len(bytes.TrimPrefix(out, []byte(bom))); at < len(out); {
		line := out[at:]
		if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
			line = line[:end]
		}
		if word := bytes.TrimSpace(line); len(word) > 0 && line[0] != '%' && word[0] != '#' {
			break
		}
		if m := version.FindSubmatchIndex(line); m != nil {
			copy(line[m[2]:m[3]], append([]byte("1"), bytes.Repeat([]byte(" "), m[3]-m[2]-1)...))
		}
		at += len(line) + 1
	}
	return out
}
