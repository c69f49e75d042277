package airflowcfg

import (
	"strings"
	"testing"
)

// TestExpandBounds holds that values which keep Airflow busy for ever end here,
// and that long ones which do not are left alone.
func TestExpandBounds(t *testing.T) {
	chain := map[string]string{}
	for i := range 90 {
		chain[strings.Repeat("A", i+1)] = "$" + strings.Repeat("A", i+2)
	}
	long := strings.Repeat("x", 2<<20)
	tests := []struct {
		name, in string
		env      map[string]string
		ok       bool
	}{
		{"circle", "$A", map[string]string{"A": "$B", "B": "$A"}, false},
		{"growing", "$A", map[string]string{"A": "y$A"}, false},
		{"doubling", "$A", map[string]string{"A": "$A$A"}, false},
		{"exploding", "$A", map[string]string{"A": strings.Repeat("$A", 60_000)}, false},
		{"home in itself", "~", map[string]string{"HOME": "~/x"}, false},
		{"itself", "$A", map[string]string{"A": "$A"}, true},
		{"long chain", "$A", chain, true},
		{"long text", long, nil, true},
		{"long text with an undefined variable", "$A" + long, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := expander{env: lookupIn(tt.env), home: lookupIn(nil)}
			if got, ok := x.expand(tt.in); ok != tt.ok {
				t.Errorf("expand = %.40q, %v, want %v", got, ok, tt.ok)
			}
		})
	}
}

func TestInterpolateBounds(t *testing.T) {
	options := map[string]string{"end": ""}
	for i, name := range []string{"b", "c", "d", "e", "f", "g", "h"} {
		next := "end"
		if i < 6 {
			next = string(name[0] + 1)
		}
		options[name] = "%%" + strings.Repeat("%("+next+")s", 100)
	}
	if _, kind := interpolate("%(b)s", lookupIn(options)); kind != KindExpansion {
		t.Errorf("interpolate of an explosion gives %q, want %q", kind, KindExpansion)
	}
}

func TestHomeIn(t *testing.T) {
	const passwd = "root:x:0:0:root:/root:/bin/sh\n# c\nbroken:x:7\n\nairflow:x:50000:0:a:/home/airflow:/bin/bash\nlast:x:9:9::/last:"
	tests := []struct {
		user string
		uid  int
		want string
		ok   bool
	}{
		{"root", 1, "/root", true},
		{"airflow", 1, "/home/airflow", true},
		{"last", 1, "/last", true},
		{"", 50000, "/home/airflow", true},
		{"", 1000660000, "", false},
		{"broken", 7, "", false},
		{"nosuch", 0, "", false},
		{"# c", 0, "", false},
	}
	for _, tt := range tests {
		if got, ok := homeIn(passwd, tt.user, tt.uid); got != tt.want || ok != tt.ok {
			t.Errorf("homeIn(%q, %d) = %q, %v, want %q, %v", tt.user, tt.uid, got, ok, tt.want, tt.ok)
		}
	}
}
