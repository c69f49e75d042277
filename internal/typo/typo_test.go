package typo_test

import (
	"testing"

	"om-secret-exec/internal/typo"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"aws", "aws-ssm", "gcp", "db", "/prod/db/password", "/prod/dc/password"}
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"the same", "gcp", 2, "gcp"},
		{"one letter changed", "gcq", 2, "gcp"},
		{"one too many", "awss", 2, "aws"},
		{"one left out", "/prod/db/passwrd", 3, "/prod/db/password"},
		{"equals: the first in the alphabet", "/prod/d/password", 3, "/prod/db/password"},
		{"over the limit", "/prod/xx/pass", 3, ""},
		{"nothing would be left", "xy", 2, ""},
		{"empty", "", 2, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := typo.Nearest(tt.in, names, tt.limit); got != tt.want {
				t.Errorf("Nearest(%q, limit %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
			}
		})
	}
}
