package workflow

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
)

// NullRule says what becomes of a secret that is exactly `null`.
type NullRule int

// The rules, named as in --null. NullEmpty is what current OpenMetadata does.
const (
	NullEmpty NullRule = iota
	NullKeep
	NullError
)

// ParseNullRule reads a rule's name: empty, keep or error.
func ParseNullRule(name string) (NullRule, bool) {
	switch name {
	case "empty":
		return NullEmpty, true
	case "keep":
		return NullKeep, true
	case "error":
		return NullError, true
	}
	return NullEmpty, false
}

// ValueRules are the rules for values that go into a document.
type ValueRules struct {
	Null NullRule
	// TrimTrailingNewline cuts off every LF and CR that a value ends with.
	TrimTrailingNewline bool
}

// Apply turns a secret's bytes into the text for the document. field tells that
// the reference asked for a field. Warnings and the error's text never hold any
// of the value; the error is BAD_VALUE or NOT_UTF8.
func (r ValueRules) Apply(value []byte, field bool) (string, []string, *providers.Error) {
	if !utf8.Valid(value) {
		return "", nil, &providers.Error{
			Code: providers.NotUTF8, Message: "the value is binary; a document holds text",
			Hint: "store the secret as text, for example in base64",
		}
	}
	if r.TrimTrailingNewline {
		value = bytes.TrimRight(value, "\r\n")
	}
	s := string(value)
	var warnings []string
	switch {
	case reference.Is(s):
		return "", nil, &providers.Error{
			Code: providers.BadValue, Message: `the value starts with "secret:"; OpenMetadata would take it for a reference and look it up`,
			Hint: "change the secret, or store the one that it refers to",
		}
	case s == "null" && r.Null == NullError:
		return "", nil, &providers.Error{
			Code: providers.BadValue, Message: "the value is the text null, which OpenMetadata's server writes for a cleared field",
			Hint: "set the secret, or pass --null=empty or --null=keep",
		}
	case s == "null" && r.Null == NullEmpty:
		return "", []string{"the value is the text null; the empty string is used, as OpenMetadata does (--null=keep or --null=error changes that)"}, nil
	case s == "":
		warnings = append(warnings, "the value is empty")
	case strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "\r"):
		warnings = append(warnings, "the value ends with a line break, which is kept (--trim-trailing-newline cuts it off)")
	}
	if !field && isObject(value) {
		warnings = append(warnings, "the value is a JSON object, used whole; add #FIELD to the reference to use one of its fields")
	}
	return s, warnings, nil
}

func isObject(value []byte) bool {
	trimmed := bytes.TrimLeft(value, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(value)
}
