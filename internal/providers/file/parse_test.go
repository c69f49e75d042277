package file

import (
	"encoding/json"
	"testing"

	"go.yaml.in/yaml/v4"
)

// FuzzParse holds the parser against the ones that it is made of: what it takes
// for a string is the string that encoding/json or the YAML library decodes.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a": "\ud83d\udd11", "b": {"value": "x", "f": "y"}, "n": 1}`, `{"a": [{}, []]}`, `{"a": "x"} {}`, "[]", "",
		"a: x\nb: {value: y}\n", "a: &x b\nc: *x\n", "a: &x {f: g}\nb: *x\n", "a: |\n  text\n", "? [a]\n: b", "<<: {a: b}", "a: *a", "a: &a {b: *a}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, bad := parse(data)
		if bad != nil {
			return
		}
		var want map[string]any
		if json.Valid(data) {
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatalf("parse accepts %q: %v", data, err)
			}
		} else if err := yaml.Load(data, &want); err != nil {
			return // such as an alias within its own anchor
		}
		for id, e := range entries {
			if _, ok := want[id]; !ok || e.bad != nil {
				continue // a number as an id: ours is its text
			}
			fields, named := want[id].(map[string]any)
			if named != e.named {
				t.Errorf("parse(%q)[%q] is named: %t, want %t", data, id, e.named, named)
			}
			if !named {
				fields = map[string]any{defaultField: want[id]}
			}
			for name, value := range e.fields {
				if other, ok := fields[name]; ok && value != other {
					t.Errorf("parse(%q)[%q] field %q = %q, want %q", data, id, name, value, other)
				}
			}
		}
	})
}
