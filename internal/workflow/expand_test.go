package workflow_test

import (
	"errors"
	"testing"

	"om-secret-exec/internal/workflow"
)

// The expected texts are what CPython's posixpath.expandvars gives for them.
func TestExpansion(t *testing.T) {
	env := map[string]string{"A": "alpha", "E": "", "A_1": "x", "odd name": "y", "LOOP": "$A", "ü": "no"}
	for _, tt := range []struct{ in, want string }{
		{"$A ${A} $A_1 $E.", "alpha alpha x ."},
		{"$AB $A-B $A$A", "$AB alpha-B alphaalpha"},
		{"$NOPE ${NOPE} $ $- $$A", "$NOPE ${NOPE} $ $- $alpha"},
		{"${A:-d} ${A ${odd name} ${}", "${A:-d} ${A ${odd name} ${}"},
		{"${odd name} ${A\n#}", "y ${A\n#}"},
		{`\$A %A%`, `\alpha %A%`},
		{"$LOOP", "$A"},
		{"$ü $Aü", "$ü alphaü"},
		{"$1 $_", "$1 $_"},
	} {
		in, want := "a: 1 # "+tt.in, "a: 1 # "+tt.want // in a comment the text breaks nothing
		d, err := workflow.Parse(input("w.yaml", in, env))
		if err != nil {
			t.Errorf("Parse(%q): %v", in, err)
			continue
		}
		got, err := d.Render(workflow.Rewrite{})
		if err != nil || string(got) != want {
			t.Errorf("%q expands to %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestLiveValues(t *testing.T) {
	env := map[string]string{"A": "alpha", "LIVE": "$A", "DEEP": "${LIVE}", "SELF": "$SELF", "ODD": "x"}
	for _, tt := range []struct{ name, file, in, want string }{
		{"other dollars stay", "w.yaml", "a: $A $NOPE $- $\n", "a: alpha $NOPE $- $\n"},
		{"a variable that holds itself", "w.yaml", "a: $SELF\n", "a: $SELF\n"},
		{"plain", "w.yaml", "a: x $LIVE # $LIVE\n", "a: \"x \\u0024A\" # $A\n"},
		{"quoted", "w.yaml", "a: ['$LIVE''', \"${DEEP}\\n\"]\n", "a: [\"\\u0024A'\", \"\\u0024{LIVE}\\n\"]\n"},
		{"block", "w.yaml", "a: |\n  1 $LIVE\n  2\n\nb: 1\n", "a: \"1 \\u0024A\\n2\\n\"\n\nb: 1\n"},
		{"anchor and tags", "w.yaml", "a: &x !!str $LIVE\nb: ! $LIVE\n", "a: &x !!str \"\\u0024A\"\nb:  \"\\u0024A\"\n"},
		{"a directive's double", "w.yaml", "a: '$LIVE\n%YAML 1.2'\n", "a: \"\\u0024A %YAML 1.2\"\n"},
		{"keys stay", "w.yaml", "$LIVE: $LIVE\n", "$A: \"\\u0024A\"\n"},
		{"JSON keeps its escapes", "w.json", `{"a": "\ud800\/ $LIVE $-"}`, `{"a": "\ud800\/ \u0024A \u0024-"}`},
		{"a reference hid a variable", "w.yaml", "a: secret:${\nb: $ODD }\n", "a: \"V\"\nb: \"\\u0024ODD }\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rendered(t, tt.file, tt.in, "V", env); got != tt.want {
				t.Errorf("Render of %q = %q, want %q", tt.in, got, tt.want)
			}
			if again := rendered(t, tt.file, tt.want, "V", env); tt.name != "keys stay" && tt.name != "plain" && again != tt.want {
				t.Errorf("a second expansion makes %q of %q", again, tt.want)
			}
		})
	}
	in := "a: $LIVE\n"
	d, err := workflow.Parse(workflow.Input{Data: []byte(in), Env: func(n string) (string, bool) { v, ok := env[n]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Render(workflow.Rewrite{}); err != nil || string(got) != in {
		t.Errorf("without expansion %q becomes %q, %v", in, got, err)
	}
}

// A reference can hide a variable from the first expansion and no value is
// there to be rewritten for the second.
func TestHiddenVariable(t *testing.T) {
	d := parse(t, "w.yaml", "a: secret:${\nb: 1 # $ODD }\n", map[string]string{"ODD": "x"})
	_, err := d.Render(workflow.Rewrite{Values: map[int]string{0: "V"}})
	var e *workflow.Error
	if !errors.As(err, &e) || e.Internal || e.Pos.String() != "2:8" {
		t.Errorf("Render: %v, want an error at 2:8", err)
	}
	if _, err := d.Render(workflow.Rewrite{}); err != nil {
		t.Errorf("Render without a change: %v", err)
	}
}
