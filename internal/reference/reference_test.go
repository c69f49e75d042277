package reference_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
)

func text(s string) *string { return &s }

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     reference.Reference
		extended bool
	}{
		{"bare", "secret:/a/b", reference.Reference{ID: "/a/b"}, false},
		{"only the first prefix is cut", "secret:arn:aws:x:secret:db", reference.Reference{ID: "arn:aws:x:secret:db"}, false},
		{"field", "secret:a#b", reference.Reference{ID: "a", Field: "b", HasField: true}, true},
		{"field keeps # and ?", "secret:a#b#c?d", reference.Reference{ID: "a", Field: "b#c?d", HasField: true}, true},
		{"pointer field", "secret:a#/x/y z", reference.Reference{ID: "a", Field: "/x/y z", HasField: true}, true},
		{
			"all options", "secret:a?version=v?1&store=s&default=x=y z#f",
			reference.Reference{ID: "a", Version: "v?1", Store: "s", Default: text("x=y z"), Field: "f", HasField: true},
			true,
		},
		{"empty default", "secret:a?default=", reference.Reference{ID: "a", Default: text("")}, true},
		{"escapes", "secret:a%3Fb%3fc%23d%25e%26", reference.Reference{ID: "a?b?c#d%e&"}, true},
		{"one pass", "secret:a%253F", reference.Reference{ID: "a%3F"}, true},
		{"other escapes stay", "secret:a%20%2f%", reference.Reference{ID: "a%20%2f%"}, false},
		{"escapes in options and field", "secret:a?default=x%26y%23#k%25", reference.Reference{ID: "a", Default: text("x&y#"), Field: "k%", HasField: true}, true},
		{"ampersand in an id", "secret:a&b", reference.Reference{ID: "a&b"}, false},
		{"beyond ASCII", "secret:/naïve/\u65e5\u672c", reference.Reference{ID: "/naïve/\u65e5\u672c"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := reference.Parse(tt.in)
			if err != nil {
				t.Fatalf("Parse(%q): %v", tt.in, err)
			}
			if got.Extended() != tt.extended {
				t.Errorf("Parse(%q).Extended() = %v, want %v", tt.in, got.Extended(), tt.extended)
			}
			tt.want.Raw = tt.in
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"", "/a", "Secret:/a", " secret:/a", "secret:", "secret:#f", "secret:?version=1", "secret:a#",
		"secret:a?", "secret:a?Version=1", "secret:a?version", "secret:a?version=", "secret:a?store=", "secret:a?x=S3NTINEL",
		"secret:a?version=1&version=2", "secret:a?version=1&", "secret:a?default",
		"secret:a b", "secret:a\nb", "secret:a\n", "secret:a\x00", "secret:a\u0085", "secret:a\u2028b", "secret:\xff",
		"secret:a?version=1 2", "secret:a?store=x\ny", "secret:a#x\ny",
	} {
		_, err := reference.Parse(in)
		var e *providers.Error
		if !errors.As(err, &e) || e.Code != providers.InvalidRef || e.Hint == "" || e.Message == "" {
			t.Errorf("Parse(%q): error %#v, want INVALID_REF with a message and a hint", in, err)
			continue
		}
		if strings.Contains(e.Message+e.Hint, "S3NTINEL") {
			t.Errorf("Parse(%q): %q quotes the value", in, e.Message)
		}
	}
}

func TestParseArg(t *testing.T) {
	for _, tt := range []struct {
		in, id   string
		extended bool
	}{
		{"/a/b", "/a/b", false},
		{"secret:/a/b", "/a/b", false},
		{"arn:aws:secretsmanager:eu-west-1:1:secret:x", "arn:aws:secretsmanager:eu-west-1:1:secret:x", false},
		{"a#f", "a", true},
	} {
		got, err := reference.ParseArg(tt.in)
		if err != nil || got.ID != tt.id || got.Raw != tt.in || got.Extended() != tt.extended {
			t.Errorf("ParseArg(%q) = %+v, %v; want id %q, extended %v", tt.in, got, err, tt.id, tt.extended)
		}
	}
	if _, err := reference.ParseArg(""); err == nil {
		t.Error(`ParseArg("") gives no error`)
	}
}

func TestIs(t *testing.T) {
	for in, want := range map[string]bool{"secret:": true, "secret:x": true, "Secret:x": false, " secret:x": false, "": false, "secrets:x": false} {
		if got := reference.Is(in); got != want {
			t.Errorf("Is(%q) = %v, want %v", in, got, want)
		}
	}
}

// FuzzParse: Parse never panics, and the parts written back with escapes parse
// to the same parts.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"secret:/a/b", "secret:a?version=1&store=x&default=%26#f", "secret:a%3Fb%23", "secret:%253F", "secret:arn:aws:x:secret:y", "secret:a#b#c", "secret:",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, err := reference.Parse(s)
		if err != nil {
			return
		}
		second, err := reference.Parse(first.String())
		if err != nil {
			t.Fatalf("Parse(%q), written back from %q: %v", first.String(), s, err)
		}
		if diff := cmp.Diff(first, second, cmpopts.IgnoreFields(reference.Reference{}, "Raw")); diff != "" {
			t.Errorf("%q and %q differ:\n%s", s, first.String(), diff)
		}
	})
}
