package workflow

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", `""`},
		{"plain text", `"plain text"`},
		{"0123", `"0123"`},
		{`a"b\c/`, `"a\"b\\c/"`},
		{"$HOME ${X}", `"\u0024HOME \u0024{X}"`},
		{"\n\r\t", `"\n\r\t"`},
		{"\x00\x1b\x7f", `"\u0000\u001B\u007F"`},
		{"é\u0085\u2028\ufeff\uffff", `"\u00E9\u0085\u2028\uFEFF\uFFFF"`},
		{"\U0001f600\U0010ffff", "\"\U0001f600\U0010ffff\""},
	} {
		if got := quote(tt.in); got != tt.want {
			t.Errorf("quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzQuote: what is quoted holds no `$` and no line break, and reads back as
// itself from JSON and from YAML.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "$A", "\u0085\u2028", "\U0001f600\x00", "- a: b # c", "\\u0024"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		got := quote(s)
		if strings.ContainsAny(got, "$\n\r\u0085\u2028\u2029") {
			t.Errorf("quote(%q) = %s holds a character that it must not", s, got)
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != s {
			t.Errorf("quote(%q) = %s, which JSON reads as %q, %v", s, got, back, err)
		}
		if err := yaml.Load([]byte(got), &back); err != nil || back != s {
			t.Errorf("quote(%q) = %s, which YAML reads as %q, %v", s, got, back, err)
		}
	})
}
