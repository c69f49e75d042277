package kubernetes

import (
	"regexp"
	"strings"
	"testing"
)

// The API server's own rules.
var (
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	label     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
)

func TestObjectName(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a name", "openmetadata-database-mysvc-password", "openmetadata-database-mysvc-password"},
		{"a name with dots", "a.b-c.d", "a.b-c.d"},
		{"one character", "7", "7"},
		{"slashes", "/openmetadata/database/password", "openmetadata-database-password"},
		{"upper case", "Prod/DB", "prod-db"},
		{"collapsed", "special____characters", "special-characters"},
		{"symbols", "special@#$%characters", "special-characters"},
		{"trimmed", "//--x--//", "x"},
		{"dots beside slashes", "/a.b/c", "a-b-c"},
		{"two dots", "a..b", "a-b"},
		{"climbing", "../../../etc", "etc"},
		{"escapes", "a%2fb?c#d", "a-2fb-c-d"},
		{"other letters", "müller", "m-ller"},
		{"cut at a dash", strings.Repeat("a", 252) + "/b", strings.Repeat("a", 252)},
		{"long, slashes", "/" + strings.Repeat("a", 300) + "/b", strings.Repeat("a", 253)},
		{"long, no slashes", strings.Repeat("a", 254), ""},
		{"nothing", "", ""},
		{"nothing left", "/-/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := objectName(tt.in); got != tt.want {
				t.Errorf("objectName(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// FuzzObjectName holds that whatever comes out is a name by the API server's
// rules, and stays as it is; and that a namespace is one by them.
func FuzzObjectName(f *testing.F) {
	for _, seed := range []string{"a", "/a/b", "..", "a/../b", "\x00", "ÄÖ", "a%2e", strings.Repeat("-a", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if got, want := isLabel(id), label.MatchString(id) && len(id) <= 63; got != want {
			t.Errorf("isLabel(%q) = %t, want %t", id, got, want)
		}
		name := objectName(id)
		if name == "" {
			return
		}
		if !subdomain.MatchString(name) || len(name) > maxName {
			t.Errorf("objectName(%q) = %q, which is no name", id, name)
		}
		if again := objectName(name); again != name {
			t.Errorf("objectName(%q) = %q, want it unchanged", name, again)
		}
	})
}
