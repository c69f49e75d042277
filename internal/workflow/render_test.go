package workflow_test

import (
	"testing"

	"om-secret-exec/internal/workflow"
)

// rendered replaces every reference of a document by the value.
func rendered(t *testing.T, name, in, value string, env map[string]string) string {
	t.Helper()
	d, err := workflow.Parse(input(name, in, env))
	if err != nil {
		t.Fatalf("Parse(%q): %v", in, err)
	}
	values := map[int]string{}
	for i := range d.References() {
		values[i] = value
	}
	out, err := d.Render(workflow.Rewrite{Values: values})
	if err != nil {
		t.Fatalf("Render of %q: %v", in, err)
	}
	return string(out)
}

func input(name, data string, env map[string]string) workflow.Input {
	return workflow.Input{
		Name: name, Data: []byte(data), Expand: env != nil,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
}

func TestRenderSplices(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "a: secret:x # c\nb: 1\n", "a: \"V\" # c\nb: 1\n"},
		{"no line break at the end", "a: secret:x", "a: \"V\""},
		{"plain over lines", "a: secret:x\n   y\nb: 1\n", "a: \"V\"\nb: 1\n"},
		{"single", "a: 'secret:it''s'   # c\n", "a: \"V\"   # c\n"},
		{"double", `a: "secret:\x41\"" # c`, `a: "V" # c`},
		{"literal", "a: | # c\n    secret:x\n\n# d\nb: 1\n", "a: \"V\" # c\n\n# d\nb: 1\n"},
		{"literal, all indicators", "a:\n  b: |2-  # c\n    secret:x\n  c: 1\n", "a:\n  b: \"V\"  # c\n  c: 1\n"},
		{"folded", "a: >-\n  secret:x\n", "a: \"V\"\n"},
		{"keep", "a: |+\n  secret:x\n\n\nb: 1\n", "a: \"V\"\n\n\nb: 1\n"},
		{"literal at the end of the file", "a: |-\n  secret:x", "a: \"V\""},
		{"CRLF", "a: |-\r\n  secret:x\r\nb: secret:y\r\n", "a: \"V\"\r\nb: \"V\"\r\n"},
		{"byte order mark", "\ufeffa: secret:x\n", "\ufeffa: \"V\"\n"},
		{"anchor and alias", "a: &x secret:x\nb: *x\n", "a: &x \"V\"\nb: *x\n"},
		{"properties over lines", "a: !!str # t\n  &x # a\n  secret:x\n", "a: !!str # t\n  &x # a\n  \"V\"\n"},
		{"verbatim tag", "a: !<tag:yaml.org,2002:str> secret:x\n", "a: !<tag:yaml.org,2002:str> \"V\"\n"},
		{"non-specific tag goes", "a: &x ! secret:x\n", "a: &x  \"V\"\n"},
		{"flow", "a: {b: secret:x,c: [secret:y,'secret:z']}\n", "a: {b: \"V\",c: [\"V\",\"V\"]}\n"},
		{"flow over lines", "a: [secret:x\ny, 1]\n", "a: [\"V\", 1]\n"},
		{"JSON in YAML", "{\"k\":secret:x}", "{\"k\":\"V\"}"},
		{"sequences", "a:\n- secret:x\n- - secret:y\n", "a:\n- \"V\"\n- - \"V\"\n"},
		{"explicit key", "? k\n: secret:x\n", "? k\n: \"V\"\n"},
		{"keys and comments stay", "secret:k: secret:x # secret:c\n? secret:k2\n: 1\n", "secret:k: \"V\" # secret:c\n? secret:k2\n: 1\n"},
		{"what Python cannot construct stays", "a: =\nb: 2024-13-45\nc: secret:x\n<<: 1\n", "a: =\nb: 2024-13-45\nc: \"V\"\n<<: 1\n"},
		{"other tags stay", "a: !x secret:x\nb: !!binary secret:x\n", "a: !x secret:x\nb: !!binary secret:x\n"},
		{"duplicate keys", "a: secret:x\na: secret:y\n", "a: \"V\"\na: \"V\"\n"},
		{"merge", "a: &a {b: secret:x}\nc: {<<: *a, d: secret:y}\n", "a: &a {b: \"V\"}\nc: {<<: *a, d: \"V\"}\n"},
		{"markers", "%YAML 1.2\n---\na: secret:x\n...\n", "%YAML 1.2\n---\na: \"V\"\n...\n"},
		{"line ends of YAML 1.1", "# a\u2028b: secret:x # \u0085c: secret:y\n", "# a\u2028b: \"V\" # \u0085c: \"V\"\n"},
		{"block scalar in its collection's column", "a:\n  ? k\n  :\n  |\n   secret:x\n", "a:\n  ? k\n  :\n   \"V\"\n"},
		{"block scalar on a line of its own", "a:\n    >-\n   secret:x\n", "a:\n    \"V\"\n"},
		{"columns in runes", "{ü: secret:x, \U0001f600: secret:y}", "{ü: \"V\", \U0001f600: \"V\"}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rendered(t, "w.yaml", tt.in, "V", nil); got != tt.want {
				t.Errorf("Render of %q = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}
