package resolver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
)

// selectField gives one part of a secret. A field that starts with `/` is an
// RFC 6901 pointer into the value read as JSON. Any other is the exact name of
// one of the entry's fields where the store has such, else a key of the JSON
// object that the value is.
//
// A part that is a JSON string is given as its text, any other as its literal
// in compact form. The error is FIELD_NOT_FOUND, or INVALID_REF for a malformed
// pointer; it quotes what was asked for, the names of a store's fields, and
// nothing of a value, of which the keys of a JSON object are a part.
func selectField(s providers.Secret, field string) ([]byte, *providers.Error) {
	if value, ok := s.Fields[field]; ok {
		return value, nil
	}
	pointer := strings.HasPrefix(field, "/")
	if s.Fields != nil && (!pointer || s.Value == nil) {
		return nil, errField(fmt.Sprintf("no field %q", field), listFields(s.Fields))
	}
	path := []string{field}
	if pointer {
		var ok bool
		if path, ok = parsePointer(field); !ok {
			return nil, &providers.Error{
				Code:    providers.InvalidRef,
				Message: fmt.Sprintf("the field %q is not a JSON pointer", field),
				Hint:    "in a pointer ~ is written ~0, and a / inside a name ~1",
			}
		}
	}
	// The decoder would replace bytes that are not UTF-8.
	if !utf8.Valid(s.Value) || !json.Valid(s.Value) || !pointer && !isObject(s.Value) {
		return nil, errField(fmt.Sprintf("no field %q: the secret is not a JSON object", field),
			"remove #FIELD from the reference, or store the secret as a JSON object")
	}
	part := json.RawMessage(s.Value)
	for _, token := range path {
		var ok bool
		if part, ok = member(part, token); !ok {
			return nil, errField(fmt.Sprintf("no field %q in the secret's JSON", field),
				"names are exact: look at the secret's keys, upper and lower case included")
		}
	}
	return text(part), nil
}

// parsePointer gives the reference tokens of an RFC 6901 pointer.
func parsePointer(pointer string) ([]string, bool) {
	tokens := strings.Split(pointer[1:], "/")
	for i, token := range tokens {
		rest := strings.NewReplacer("~0", "", "~1", "").Replace(token)
		if strings.Contains(rest, "~") {
			return nil, false
		}
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	return tokens, true
}

// member gives the member of an object or the element of an array. Of a key
// that is there twice the last counts, as in every JSON reader around us.
func member(doc json.RawMessage, token string) (json.RawMessage, bool) {
	switch doc = bytes.TrimLeft(doc, " \t\r\n"); doc[0] {
	case '{':
		var object map[string]json.RawMessage
		if json.Unmarshal(doc, &object) != nil {
			return nil, false
		}
		part, ok := object[token]
		return part, ok
	case '[':
		var array []json.RawMessage
		i, err := strconv.Atoi(token)
		// Only the shortest decimal form is an index: no sign, no leading zero.
		if err != nil || strconv.Itoa(i) != token || json.Unmarshal(doc, &array) != nil || i < 0 || i >= len(array) {
			return nil, false
		}
		return array[i], true
	}
	return nil, false
}

// text gives a part of valid JSON as the text it stands for.
func text(part json.RawMessage) []byte {
	var s string
	if bytes.HasPrefix(part, []byte(`"`)) && json.Unmarshal(part, &s) == nil {
		return []byte(s)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, part) != nil {
		return part
	}
	return compact.Bytes()
}

func errField(message, hint string) *providers.Error {
	return &providers.Error{Code: providers.FieldNotFound, Message: message, Hint: hint}
}

// listFields names the fields of an entry, the first ten in the alphabet.
func listFields(fields map[string][]byte) string {
	const most = 10
	names := slices.Sorted(maps.Keys(fields))
	if len(names) == 0 {
		return "the secret has no fields"
	}
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	for i, name := range names {
		names[i] = strconv.Quote(name)
	}
	return "it has the fields " + strings.Join(names, ", ") + more
}

func isObject(value []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(value, " \t\r\n"), []byte("{")) && json.Valid(value)
}
