package workflow

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxDepth bounds nesting; Python's json gives up earlier.
const maxDepth = 10000

// span is a half-open range of bytes of the expanded text.
type span struct {
	start, end int
}

// jsonScanner reads JSON as Python's json module does and keeps where every
// value is. The YAML parser is no substitute: it reads surrogate pairs and
// numbers in another way.
type jsonScanner struct {
	text   []byte
	at     int
	strict bool
	spans  map[*yaml.Node]span
}

// parseJSON parses a JSON text into the node types of the YAML parser, and
// returns each node's place besides. A byte order mark is skipped. Unless
// strict, NaN, Infinity and -Infinity are numbers, as Python has it. Errors are
// [*offsetError].
func parseJSON(text []byte, strict bool) (*yaml.Node, map[*yaml.Node]span, error) {
	s := &jsonScanner{text: text, strict: strict, spans: map[*yaml.Node]span{}}
	s.at = len(text) - len(bytes.TrimPrefix(text, []byte(bom)))
	if s.peek(); s.at == len(s.text) {
		return nil, nil, s.fail("the document is empty", "a workflow is an object with keys such as source and workflowConfig")
	}
	root, err := s.value(0)
	if err != nil {
		return nil, nil, err
	}
	if s.peek(); s.at < len(s.text) {
		return nil, nil, s.fail("there is text after the document's end", "a JSON workflow is one object")
	}
	return root, s.spans, nil
}

// peek skips blanks and returns the next byte. At the end of the text that is 0,
// which a text may hold as well.
func (s *jsonScanner) peek() byte {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

func (s *jsonScanner) fail(message, hint string) error {
	return &offsetError{offset: s.at, message: message, hint: hint}
}

func (s *jsonScanner) value(depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, s.fail("parsing JSON: the nesting is too deep", "")
	}
	c := s.peek()
	start := s.at
	var n *yaml.Node
	var err error
	switch c {
	case '{':
		n, err = s.collection(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, '}', depth)
	case '[':
		n, err = s.collection(&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, ']', depth)
	case '"':
		n, err = s.str()
	default:
		n, err = s.literal()
	}
	if err != nil {
		return nil, err
	}
	s.spans[n] = span{start, s.at}
	return n, nil
}

// collection reads an object or array into n.
func (s *jsonScanner) collection(n *yaml.Node, end byte, depth int) (*yaml.Node, error) {
	s.at++
	if s.peek() == end {
		s.at++
		return n, nil
	}
	for {
		if end == '}' {
			if err := s.key(n); err != nil {
				return nil, err
			}
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, v)
		switch s.peek() {
		case end:
			s.at++
			return n, nil
		case ',':
			s.at++
		default:
			return nil, s.fail("parsing JSON: a comma or a closing bracket is missing", "")
		}
	}
}

// key reads an object's key and its colon.
func (s *jsonScanner) key(n *yaml.Node) error {
	if s.peek() != '"' {
		return s.fail("parsing JSON: a key in double quotes is missing", "remove a comma before a closing brace; put keys into double quotes")
	}
	start := s.at
	k, err := s.str()
	if err != nil {
		return err
	}
	s.spans[k] = span{start, s.at}
	n.Content = append(n.Content, k)
	if s.peek() != ':' {
		return s.fail("parsing JSON: the colon after a key is missing", "")
	}
	s.at++
	return nil
}

// str reads a string. A lone surrogate, which Python accepts, becomes U+FFFD in
// the node; untouched strings are copied as bytes, so that nothing is lost.
func (s *jsonScanner) str() (*yaml.Node, error) {
	start := s.at
	for s.at++; s.at < len(s.text) && s.text[s.at] != '"'; s.at++ {
		switch c := s.text[s.at]; {
		case c == '\\':
			s.at++
		case c < 0x20:
			return nil, s.fail("parsing JSON: a control character in a string", `write it as an escape, such as \n`)
		}
	}
	if s.at >= len(s.text) {
		s.at = start
		return nil, s.fail("parsing JSON: the string that starts here does not end", "")
	}
	s.at++
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
	if json.Unmarshal(s.text[start:s.at], &n.Value) != nil {
		s.at = start
		return nil, s.fail("parsing JSON: the string that starts here has an unknown escape", "")
	}
	return n, nil
}

// literal reads null, true, false or a number.
func (s *jsonScanner) literal() (*yaml.Node, error) {
	end := s.at
	for end < len(s.text) && strings.IndexByte(" \t\r\n,:[]{}\"", s.text[end]) < 0 {
		_, size := utf8.DecodeRune(s.text[end:])
		end += size
	}
	word := string(s.text[s.at:end])
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: word}
	switch word {
	case "null":
		n.Tag = "!!null"
	case "true", "false":
		n.Tag = "!!bool"
	case "NaN", "Infinity", "-Infinity":
		if s.strict {
			return nil, s.fail("parsing JSON: a number of Python's only", "")
		}
		n.Tag = "!!float"
	default:
		if !json.Valid([]byte(word)) {
			return nil, s.fail("parsing JSON: a value was expected", "put text into double quotes")
		}
		n.Tag = "!!float"
	}
	s.at = end
	return n, nil
}
