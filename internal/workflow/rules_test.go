package workflow_test

import (
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/workflow"
)

func TestValueRules(t *testing.T) {
	trim := workflow.ValueRules{TrimTrailingNewline: true}
	null := func(r workflow.NullRule) workflow.ValueRules { return workflow.ValueRules{Null: r} }
	for _, tt := range []struct {
		name    string
		rules   workflow.ValueRules
		in      string
		field   bool
		want    string
		warning string
		code    providers.Code
	}{
		{"text", workflow.ValueRules{}, "pa$$ \x00\u2028", false, "pa$$ \x00\u2028", "", ""},
		{"empty", workflow.ValueRules{}, "", false, "", "empty", ""},
		{"null", workflow.ValueRules{}, "null", false, "", "null", ""},
		{"null of a field", workflow.ValueRules{}, "null", true, "", "null", ""},
		{"null kept", null(workflow.NullKeep), "null", false, "null", "", ""},
		{"null refused", null(workflow.NullError), "null", false, "", "", providers.BadValue},
		{"not quite null", null(workflow.NullError), "Null", false, "Null", "", ""},
		{"null behind a trim", trim, "null\n", false, "", "null", ""},
		{"a reference", workflow.ValueRules{}, "secret:S3NTINEL", false, "", "", providers.BadValue},
		{"a reference inside", workflow.ValueRules{}, "x secret:y", false, "x secret:y", "", ""},
		{"binary", workflow.ValueRules{}, "S3NTINEL\xff", false, "", "", providers.NotUTF8},
		{"a surrogate", workflow.ValueRules{}, "\xed\xa0\x80", false, "", "", providers.NotUTF8},
		{"newline", workflow.ValueRules{}, "S3NTINEL\n", false, "S3NTINEL\n", "line break", ""},
		{"newlines trimmed", trim, "x\n\r\n\n", false, "x", "", ""},
		{"blank kept by trim", trim, "x \n", false, "x ", "", ""},
		{"object", workflow.ValueRules{}, " {\"S3NTINEL\": 1}", false, " {\"S3NTINEL\": 1}", "#FIELD", ""},
		{"object of a field", workflow.ValueRules{}, "{}", true, "{}", "", ""},
		{"no object", workflow.ValueRules{}, "{x}", false, "{x}", "", ""},
		{"an array", workflow.ValueRules{}, "[{}]", false, "[{}]", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings, err := tt.rules.Apply([]byte(tt.in), tt.field)
			text := strings.Join(warnings, "\n")
			var code providers.Code
			if err != nil {
				code = err.Code
				text += err.Message + err.Hint
			}
			if got != tt.want || code != tt.code || !strings.Contains(text, tt.warning) || tt.warning == "" && len(warnings) > 0 {
				t.Errorf("Apply(%q) = %q, %q, %v; want %q, a warning about %q, code %q", tt.in, got, warnings, err, tt.want, tt.warning, tt.code)
			}
			if strings.Contains(text, "S3NTINEL") {
				t.Errorf("Apply(%q) quotes the value: %q", tt.in, text)
			}
		})
	}
}

func TestParseNullRule(t *testing.T) {
	for name, want := range map[string]workflow.NullRule{"empty": workflow.NullEmpty, "keep": workflow.NullKeep, "error": workflow.NullError} {
		if got, ok := workflow.ParseNullRule(name); got != want || !ok {
			t.Errorf("ParseNullRule(%q) = %v, %v", name, got, ok)
		}
	}
	if _, ok := workflow.ParseNullRule("none"); ok {
		t.Error(`ParseNullRule("none") is accepted`)
	}
}
