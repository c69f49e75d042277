package resolver

import (
	"testing"

	"om-secret-exec/internal/providers"
)

const document = ` {
  "password": "pä\u0024\n \"q\" \ud83d\udd11 <&>", "n": 1.50e+3, "big": 12345678901234567890123, "t": true, "f": false,
  "null": null, "o": { "b" : [1.0, "x y"] , "a": {} }, "list": ["zero", {"k": "one"}], "": "empty key",
  "a/b": "slash", "m~n": "tilde", "~1": "both", "dup": "first", "dup": "last", "a.b": "dot", "Case": "C"
} `

func TestSelectJSON(t *testing.T) {
	tests := []struct{ field, want string }{
		{"password", "pä$\n \"q\" \U0001f511 <&>"},
		{"/password", "pä$\n \"q\" \U0001f511 <&>"},
		{"n", "1.50e+3"},
		{"big", "12345678901234567890123"},
		{"t", "true"},
		{"f", "false"},
		{"null", "null"},
		{"o", `{"b":[1.0,"x y"],"a":{}}`},
		{"/o/b", `[1.0,"x y"]`},
		{"/o/b/0", "1.0"},
		{"/list/0", "zero"},
		{"/list/1/k", "one"},
		{"", "empty key"},
		{"/", "empty key"},
		{"a.b", "dot"},
		{"a~1b", "FIELD_NOT_FOUND"},
		{"/a~1b", "slash"},
		{"/m~0n", "tilde"},
		{"/~01", "both"},
		{"dup", "last"},
		{"case", "FIELD_NOT_FOUND"},
		{"o/b", "FIELD_NOT_FOUND"},
		{"/a/b", "FIELD_NOT_FOUND"},
		{"/list/2", "FIELD_NOT_FOUND"},
		{"/list/-1", "FIELD_NOT_FOUND"},
		{"/list/01", "FIELD_NOT_FOUND"},
		{"/list/+1", "FIELD_NOT_FOUND"},
		{"/list/-", "FIELD_NOT_FOUND"},
		{"/list/99999999999999999999", "FIELD_NOT_FOUND"},
		{"/password/0", "FIELD_NOT_FOUND"},
		{"/null/x", "FIELD_NOT_FOUND"},
		{"/o/", "FIELD_NOT_FOUND"},
		{"/m~n", "INVALID_REF"},
		{"/m~2n", "INVALID_REF"},
		{"/m~", "INVALID_REF"},
	}
	for _, tt := range tests {
		got, err := selectField(providers.Secret{Value: []byte(document)}, tt.field)
		text := string(got)
		if err != nil {
			text = string(err.Code)
		}
		if text != tt.want {
			t.Errorf("selectField(%q) = %q, want %q", tt.field, text, tt.want)
		}
	}
}
