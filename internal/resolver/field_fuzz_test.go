package resolver

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

// FuzzSelect compares with a plain walk over encoding/json's view of the whole
// document: the same parts are found, and what is selected decodes to the same
// thing.
func FuzzSelect(f *testing.F) {
	for _, field := range []string{"password", "n", "o", "/o/b/0", "/list/1/k", "/~01", "/m~", ""} {
		f.Add([]byte(document), field)
	}
	f.Add([]byte(`{"a": }`), "a")
	f.Add([]byte(`[[1, {"": []}]]`), "/0/1/")
	f.Add([]byte("{\"\xff\": 1}"), "\xff")
	f.Add([]byte(`{"a": {"b": 1}, "a": {"c": 2}}`), "a")
	f.Fuzz(func(t *testing.T, doc []byte, field string) {
		got, err := selectField(providers.Secret{Value: doc}, field)
		if err != nil && (got != nil || err.Code != providers.FieldNotFound && err.Code != providers.InvalidRef) {
			t.Fatalf("selectField(%q, %q) = %q, %v, want FIELD_NOT_FOUND or INVALID_REF alone", doc, field, got, err)
		}
		tree, ok := decode(doc)
		want, found := walk(tree, field)
		if found = found && ok && utf8.Valid(doc); found != (err == nil) {
			t.Fatalf("selectField(%q, %q) error = %v, want found %t", doc, field, err, found)
		}
		if s, isString := want.(string); found && isString {
			if string(got) != s {
				t.Errorf("selectField(%q, %q) = %q, want %q", doc, field, got, s)
			}
		} else if found {
			if back, ok := decode(got); !ok || !cmp.Equal(back, want) {
				t.Errorf("selectField(%q, %q) = %q, want %#v", doc, field, got, want)
			}
		}
	})
}

func decode(doc []byte) (tree any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	ok = json.Valid(doc) && dec.Decode(&tree) == nil
	return tree, ok
}

var (
	index     = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
	badEscape = regexp.MustCompile(`~([^01]|$)`)
)

// walk is the rule of selectField over a decoded tree.
func walk(tree any, field string) (any, bool) {
	tokens := []string{field}
	if strings.HasPrefix(field, "/") {
		if badEscape.MatchString(field) {
			return nil, false
		}
		tokens = strings.Split(field[1:], "/")
		for i, token := range tokens {
			tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		}
	} else if _, isObject := tree.(map[string]any); !isObject {
		return nil, false
	}
	for _, token := range tokens {
		switch node := tree.(type) {
		case map[string]any:
			part, ok := node[token]
			if !ok {
				return nil, false
			}
			tree = part
		case []any:
			i, _ := strconv.Atoi(token)
			if !index.MatchString(token) || i >= len(node) {
				return nil, false
			}
			tree = node[i]
		default:
			return nil, false
		}
	}
	return tree, true
}
