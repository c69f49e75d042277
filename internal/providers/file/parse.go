package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// entry is what the file has for one id.
type entry struct {
	fields map[string]string // a plain value is the field defaultField
	named  bool              // written as a map of fields
	bad    *syntaxError      // why the id has no value, or nil
}

// syntaxError says what is wrong on a line of the file (0: on no line). It
// quotes ids and field names and nothing else of the file, whose every other
// word may be part of a secret.
type syntaxError struct {
	line    int
	message string
	hint    string
}

func (e *syntaxError) text() string {
	if e.line == 0 {
		return e.message
	}
	return fmt.Sprintf("line %d: %s", e.line, e.message)
}

// parse reads the file's text. A value of the wrong form makes its own entry
// bad; the error is for a text that is no map of ids at all or
// has an id or a field twice.
func parse(data []byte) (map[string]entry, *syntaxError) {
	if !utf8.Valid(data) {
		return nil, &syntaxError{message: "it is not UTF-8 text"}
	}
	root, err := decode(data)
	if err != nil {
		return nil, err
	}
	entries := map[string]entry{}
	err = pairs(root, func(key, value *yaml.Node) *syntaxError {
		if _, twice := entries[key.Value]; twice {
			return &syntaxError{line: key.Line, message: fmt.Sprintf("the id %q is there twice", key.Value)}
		}
		e, err := newEntry(key, value)
		entries[key.Value] = e
		return err
	})
	return entries, err
}

// decode gives the tree of the text. JSON is not left to the YAML parser, which
// refuses the surrogate pairs that JSON writers escape with.
func decode(data []byte) (*yaml.Node, *syntaxError) {
	if json.Valid(data) {
		return decodeJSON(data)
	}
	var doc yaml.Node
	err := yaml.Load(data, &doc)
	var at *yaml.LoadError
	if errors.As(err, &at) {
		// Its words may quote a value: a password that starts with * is an
		// unknown anchor to it.
		return nil, &syntaxError{
			line:    at.Mark.Line,
			message: "it is not one YAML or JSON document",
			hint:    `put values with special characters into quotes: "..."`,
		}
	}
	if err != nil || doc.Kind != yaml.DocumentNode {
		return nil, &syntaxError{message: "it is not one YAML or JSON document"}
	}
	return doc.Content[0], nil
}

// pairs calls f with the keys and values of a map, aliases followed.
func pairs(n *yaml.Node, f func(key, value *yaml.Node) *syntaxError) *syntaxError {
	if n.Kind != yaml.MappingNode {
		return &syntaxError{line: n.Line, message: "it is not a map of ids to values"}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		tag := key.ShortTag()
		if key.Kind != yaml.ScalarNode || tag == "!!merge" || tag == "!!null" {
			return &syntaxError{line: key.Line, message: "a key is not a plain name"}
		}
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}

func newEntry(id, n *yaml.Node) (entry, *syntaxError) {
	if n.Kind != yaml.MappingNode {
		return entry{fields: map[string]string{defaultField: n.Value}, bad: checkString(id, n)}, nil
	}
	e := entry{fields: map[string]string{}, named: true}
	err := pairs(n, func(key, value *yaml.Node) *syntaxError {
		if _, twice := e.fields[key.Value]; twice {
			return &syntaxError{line: key.Line, message: fmt.Sprintf("the field %q is there twice", key.Value)}
		}
		e.fields[key.Value] = value.Value
		if e.bad == nil {
			e.bad = checkString(key, value)
		}
		return nil
	})
	return e, err
}

// checkString returns nil when the value of key is a string. A tag is not
// quoted: it may be the start of a password.
func checkString(key, value *yaml.Node) *syntaxError {
	const quote = `put the value into quotes: "..."`
	what, hint := "tagged", quote
	switch value.ShortTag() {
	case "!!str":
		return nil
	case "!!int", "!!float":
		what = "a number"
	case "!!bool":
		what = "a boolean"
	case "!!null":
		what = "empty"
	case "!!timestamp":
		what = "a date"
	case "!!map", "!!seq":
		what, hint = "a list or a map", "write it as one string, such as JSON in quotes"
	}
	return &syntaxError{line: key.Line, message: "the value is " + what + ", not a string", hint: hint}
}
