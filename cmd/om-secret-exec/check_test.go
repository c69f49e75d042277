package main

import (
	"context"
	"os"
	"reflect"
	"strings"
	"testing"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/providers"
)

// TestReportIsDocumented: programs rely on the fields of -o json, so that each
// has to be on the page that promises them.
func TestReportIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/check-output.md")
	if err != nil {
		t.Fatal(err)
	}
	for prefix, typ := range map[string]reflect.Type{
		"": reflect.TypeFor[jsonCheck](), "findings[].": reflect.TypeFor[jsonFinding](), "summary.": reflect.TypeFor[jsonCheckSummary](),
	} {
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if field := "`" + prefix + name; !strings.Contains(string(page), field) {
				t.Errorf("docs/check-output.md has no %s`", field)
			}
		}
	}
}

func TestGithubEscapes(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, text, property string }{
		{"a b", "a b", "a b"},
		{"100%: a, b", "100%25: a, b", "100%25%3A a%2C b"},
		{"two\r\nlines", "two%0D%0Alines", "two%0D%0Alines"},
		{"\x1b[31m", `\x1b[31m`, `\x1b[31m`},
		{"%0A", "%250A", "%250A"},
	}
	for _, tt := range tests {
		if got := githubText(tt.in); got != tt.text {
			t.Errorf("githubText(%q) = %q, want %q", tt.in, got, tt.text)
		}
		if got := githubProperty(tt.in); got != tt.property {
			t.Errorf("githubProperty(%q) = %q, want %q", tt.in, got, tt.property)
		}
	}
}

// TestProber: the answers of a store become those of reads, and of a store that
// cannot be asked nothing is known.
func TestProber(t *testing.T) {
	t.Parallel()
	ref := providers.Ref{ID: "/a"}
	got := prober{silent("a store")}.Read(t.Context(), []providers.Ref{ref})
	c := &checker{opts: &checkOptions{online: exists}}
	if len(got) != 1 || got[0].Err == nil || c.onlineCode(got[0].Err) != check.Unknowable {
		t.Errorf("a store that cannot be asked: %+v", got)
	}
	there := prober{knowing{}}.Read(t.Context(), []providers.Ref{ref})
	if len(there) != 1 || there[0].Err != nil || there[0].Secret.Value == nil {
		t.Errorf("a secret that is there: %+v", there)
	}
}

// knowing has every secret.
type knowing struct{}

func (knowing) Probe(context.Context, providers.Ref) *providers.Error { return nil }
