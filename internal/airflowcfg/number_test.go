package airflowcfg

import (
	"strconv"
	"testing"
)

// The tables of Airflow's own answers are in testdata/vectors.json; these are
// the rows that they cannot have.

func TestParseInt(t *testing.T) {
	tests := []struct {
		in string
		ok bool
	}{
		{"9223372036854775808", false}, // Airflow's integers have no bound
		{"-9223372036854775809", false},
		{"9223372036854775808.0", false},
		{"-9223372036854775808.0", true},
		{"5\x00", false},
		{"", false},
	}
	for _, tt := range tests {
		if got, ok := parseInt(tt.in); ok != tt.ok {
			t.Errorf("parseInt(%q) = %d, %v, want %v", tt.in, got, ok, tt.ok)
		}
	}
}

func FuzzParseInt(f *testing.F) {
	for _, seed := range []string{"5", "-007", "1_0", "1e3", "0x10", "٣", "5.5", "9223372036854775807", " + 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := parseInt(s)
		if !ok {
			return
		}
		if again, ok := parseInt(strconv.FormatInt(n, 10)); !ok || again != n {
			t.Errorf("parseInt(%q) = %d, which itself reads as %d, %v", s, n, again, ok)
		}
	})
}
