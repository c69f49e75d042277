package envloader_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/envloader"
)

func TestLoad(t *testing.T) {
	for name, value := range map[string]string{
		"OMTEST_PLAIN": "eu-west-1", "OMTEST_EMPTY": "", "OMTEST_BLANKS": "  x\n", "OMTEST_QUOTED": `"a,b:c"`,
		"OMTEST_NUMBER": "0x1F", "_OMTEST_UNDER": "$HOME", "OMTEST_OTHER": "not asked for", "V0": "a field's own name",
	} {
		t.Setenv(name, value)
	}
	tests := []struct {
		name string
		vars []string
		want map[string]string
	}{
		{name: "nothing asked", want: map[string]string{}},
		{name: "set", vars: []string{"OMTEST_PLAIN"}, want: map[string]string{"OMTEST_PLAIN": "eu-west-1"}},
		{name: "set to nothing is set", vars: []string{"OMTEST_EMPTY"}, want: map[string]string{"OMTEST_EMPTY": ""}},
		{name: "unset is absent, also under the field's name", vars: []string{"OMTEST_UNSET"}, want: map[string]string{}},
		{
			name: "values stay as they are",
			vars: []string{"OMTEST_BLANKS", "OMTEST_QUOTED", "OMTEST_NUMBER", "_OMTEST_UNDER"},
			want: map[string]string{
				"OMTEST_BLANKS": "  x\n", "OMTEST_QUOTED": `"a,b:c"`, "OMTEST_NUMBER": "0x1F", "_OMTEST_UNDER": "$HOME",
			},
		},
		{
			name: "a name twice, in any order",
			vars: []string{"OMTEST_PLAIN", "OMTEST_EMPTY", "OMTEST_PLAIN"},
			want: map[string]string{"OMTEST_PLAIN": "eu-west-1", "OMTEST_EMPTY": ""},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := envloader.Load(tt.vars)
			if err != nil {
				t.Fatalf("Load(%q): %v", tt.vars, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Load(%q) (-want +got):\n%s", tt.vars, diff)
			}
		})
	}
}

func TestLoadRefusesNames(t *testing.T) {
	for _, name := range []string{"", "lower", "Mixed_Case", "A-B", "A.B", "1A", `A"B`, "A B", "A\n"} {
		t.Setenv("LOWER", "S3NTINEL")
		t.Setenv("MIXED_CASE", "S3NTINEL")
		got, err := envloader.Load([]string{"OMTEST_PLAIN", name})
		if err == nil {
			t.Errorf("Load(%q) = %v, want an error", name, got)
			continue
		}
		if strings.Contains(err.Error(), "S3NTINEL") {
			t.Errorf("Load(%q): the error holds a value: %v", name, err)
		}
	}
}
