package protocol

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"

	"om-secret-exec/internal/providers"
)

// maxProblems bounds how much is said of one request.
const maxProblems = 10

// decoder takes a valid JSON document apart by exact names. It collects what is
// wrong, and names it by path: Unmarshal into a struct would match names in
// either case, take the last of two, and stop at the first fault.
type decoder struct {
	problems []string
	refused  *providers.Error
}

func (d *decoder) problem(path, text string) {
	switch {
	case len(d.problems) < maxProblems:
		d.problems = append(d.problems, path+": "+text)
	case len(d.problems) == maxProblems:
		d.problems = append(d.problems, "and more")
	}
}

// The sorts of JSON values, as messages call them.
const (
	anObject = "an object"
	anArray  = "an array"
	aText    = "a string"
	aNumber  = "a number"
)

func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return anObject
	case '[':
		return anArray
	case '"':
		return aText
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	}
	return aNumber
}

// is reports whether raw is there and of a kind, and says so if not.
func (d *decoder) is(path string, raw json.RawMessage, kind string) bool {
	switch {
	case raw == nil:
		d.problem(path, "is missing")
	case kindOf(raw) != kind:
		d.problem(path, "want "+kind+", not "+kindOf(raw))
	default:
		return true
	}
	return false
}

// object gives the members of an object by name. One that is there twice is a
// fault: readers disagree on which of them counts.
func (d *decoder) object(path string, raw json.RawMessage) (map[string]json.RawMessage, bool) {
	if !d.is(path, raw, anObject) {
		return nil, false
	}
	members := map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	for _, err := dec.Token(); err == nil && dec.More(); {
		name, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			break // not in a document that is valid JSON
		}
		key, _ := name.(string)
		if _, twice := members[key]; twice {
			d.problem(path, "a name is there twice")
		}
		members[key] = value
	}
	return members, true
}

func (d *decoder) array(path string, raw json.RawMessage) ([]json.RawMessage, bool) {
	if !d.is(path, raw, anArray) {
		return nil, false
	}
	var list []json.RawMessage
	return list, json.Unmarshal(raw, &list) == nil
}

func (d *decoder) text(path string, raw json.RawMessage) (string, bool) {
	if !d.is(path, raw, aText) {
		return "", false
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}

// optional is a text that may be absent. Null is not absence: a program that
// computes a field and gets nothing must not be given the whole secret.
func (d *decoder) optional(path string, raw json.RawMessage) *string {
	if raw == nil {
		return nil
	}
	s, ok := d.text(path, raw)
	if !ok {
		return nil
	}
	return &s
}

// halfPair finds a \uD8xx to \uDFxx in valid JSON that is not half of a pair: no
// text has such, and encoding/json replaces it without a word.
func halfPair(doc []byte) bool {
	for i := 0; i < len(doc); i++ {
		if doc[i] != '\\' {
			continue
		}
		i++
		unit, ok := escaped(doc[i:])
		if !ok || !utf16.IsSurrogate(unit) {
			continue
		}
		i += len("uD800")
		if i >= len(doc) || doc[i] != '\\' {
			return true
		}
		i++
		low, ok := escaped(doc[i:])
		if !ok || utf16.DecodeRune(unit, low) == '\uFFFD' {
			return true
		}
		i += len("uD80")
	}
	return false
}

// escaped reads the uXXXX of an escape, if it is one.
func escaped(s []byte) (rune, bool) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(s[1:5]), 16, 16)
	return rune(unit), err == nil
}
