package resolver

import (
	"fmt"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// chooseTest is a secret or a failure, what a reference asks of it, and what
// comes out: a value, or part of an error's text and hint.
type chooseTest struct {
	name     string
	value    string // "" is none
	fields   map[string][]byte
	err      providers.Code
	field    *string
	def      *string
	want     string
	defaults bool
}

func TestChoose(t *testing.T) {
	entry := map[string][]byte{"user": []byte("admin"), "value": []byte(`{"k": "v"}`), "/odd": []byte("name"), "none": nil}
	many := map[string][]byte{}
	for i := range 12 {
		many[fmt.Sprintf("f%02d", i)] = []byte(sentinel)
	}
	for _, tt := range []chooseTest{
		{name: "value", value: "x", want: "x"},
		{name: "object", value: " {\"k\": 1}\n", want: " {\"k\": 1}\n"},
		{name: "almost an object", value: "{x}", want: "{x}"},
		{name: "list", value: "[]", want: "[]"},
		{name: "object of a field", value: `{"k": {}}`, field: new("k"), want: "{}"},
		{name: "field", value: "x", fields: entry, field: new("user"), want: "admin"},
		{name: "empty field", value: "x", fields: entry, field: new("none"), want: ""},
		{name: "field that looks like a pointer", value: "x", fields: entry, field: new("/odd"), want: "name"},
		{name: "pointer into the default field", value: `{"k": "v"}`, fields: entry, field: new("/k"), want: "v"},
		{name: "default field", value: "x", fields: entry, want: "x"},
		{name: "no default field", fields: map[string][]byte{"user": []byte(sentinel)}, want: `FIELD_NOT_FOUND: the secret "id" has fields and no default one; add #FIELD to the reference; it has the fields "user"`},
		{name: "no such field", fields: entry, field: new("User"), want: `FIELD_NOT_FOUND: no field "User"; it has the fields "/odd", "none", "user", "value"`},
		{name: "no fields", fields: map[string][]byte{}, field: new("User"), want: `the secret has no fields`},
		{name: "many fields", fields: many, field: new("x"), want: `"f08", "f09" and 2 more`},
		{name: "pointer without a default field", fields: many, field: new("/f00"), want: `FIELD_NOT_FOUND: no field "/f00"`},
		{name: "not JSON", value: sentinel, field: new("k"), want: `FIELD_NOT_FOUND: no field "k": the secret is not a JSON object`},
		{name: "JSON string", value: `"S3NTINEL"`, field: new("k"), want: "not a JSON object"},
		{name: "two documents", value: `{"k": 1} {}`, field: new("k"), want: "not a JSON object"},
		{name: "not UTF-8", value: "{\"k\": \"\xff\"}", field: new("k"), want: "not a JSON object"},
		{name: "keys of JSON stay secret", value: `{"S3NTINEL": 1}`, field: new("k"), want: `FIELD_NOT_FOUND: no field "k" in the secret's JSON`},
	} {
		t.Run(tt.name, func(t *testing.T) { checkChoose(t, tt) })
	}
}

func TestDefault(t *testing.T) {
	def := "fallback"
	for _, tt := range []chooseTest{
		{name: "default for a secret", err: providers.NotFound, def: &def, want: "fallback", defaults: true},
		{name: "default for a field", value: `{}`, field: new("k"), def: &def, want: "fallback", defaults: true},
		{name: "default for text without fields", value: sentinel, field: new("k"), def: &def, want: "fallback", defaults: true},
		{name: "empty default", err: providers.NotFound, def: new(""), want: "", defaults: true},
		{name: "default not needed", value: "x", def: &def, want: "x"},
		{name: "default is no object", err: providers.NotFound, def: new("{}"), want: "{}", defaults: true},
		{name: "no default for a denial", err: providers.PermissionDenied, def: &def, want: "PERMISSION_DENIED: "},
		{name: "no default for a version", err: providers.VersionNotFound, def: &def, want: "VERSION_NOT_FOUND: "},
		{name: "no default for a bad pointer", value: "{}", field: new("/~"), def: &def, want: "INVALID_REF: "},
		{name: "no default for a time-out", err: providers.Timeout, def: &def, want: "TIMEOUT: "},
	} {
		t.Run(tt.name, func(t *testing.T) { checkChoose(t, tt) })
	}
}

func checkChoose(t *testing.T, tt chooseTest) {
	t.Helper()
	w := Want{Ref: providers.Ref{ID: "id"}, Default: tt.def}
	if tt.field != nil {
		w.Field, w.HasField = *tt.field, true
	}
	res := providers.Result{Secret: providers.Secret{Fields: tt.fields, Source: providers.Source{Name: "real"}}}
	if tt.value != "" {
		res.Secret.Value = []byte(tt.value)
	}
	if tt.err != "" {
		res = providers.Result{Err: &providers.Error{Code: tt.err, Message: "message"}}
	}
	out := choose(w, res)
	if out.Err != nil {
		got := out.Err.Error() + "; " + out.Err.Hint
		if tt.want == "" || !strings.Contains(got, tt.want) || out.Value != nil {
			t.Errorf("choose = %q with value %q, want an error with %q", got, out.Value, tt.want)
		}
		if strings.Contains(got, sentinel) {
			t.Errorf("error %q holds a value", got)
		}
		return
	}
	if string(out.Value) != tt.want || out.Defaulted != tt.defaults {
		t.Errorf("choose = %q, default %t, want %q, %t", out.Value, out.Defaulted, tt.want, tt.defaults)
	}
	if tt.err == "" && out.Source.Name != "real" {
		t.Errorf("Source = %v, want the store's", out.Source)
	}
}
