package workflow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"om-secret-exec/internal/workflow"
)

func parse(t *testing.T, name, in string, env map[string]string) *workflow.Document {
	t.Helper()
	d, err := workflow.Parse(input(name, in, env))
	if err != nil {
		t.Fatalf("Parse(%q): %v", in, err)
	}
	return d
}

func TestReferences(t *testing.T) {
	at := func(line, column int, path, value string) workflow.Scalar {
		return workflow.Scalar{Pos: workflow.Position{Line: line, Column: column}, Path: path, Value: value}
	}
	for _, tt := range []struct {
		name, file, in string
		env            map[string]string
		want           []workflow.Scalar
	}{
		{"order and paths", "w.yaml", "a:\n  - x: secret:1\n  - [secret:2]\n'b.c': fernet:3\n\"d\\n\": secret:4\n", nil, []workflow.Scalar{
			at(2, 8, "a[0].x", "secret:1"), at(3, 6, "a[1][0]", "secret:2"), at(4, 8, `["b.c"]`, "fernet:3"), at(5, 8, `["d\n"]`, "secret:4"),
		}},
		{"the value's place, not its properties'", "w.yaml", "a: &x !!str\n  secret:1\nb: *x\n", nil, []workflow.Scalar{at(2, 3, "a", "secret:1")}},
		{"no prefix, no reference", "w.yaml", "a: Secret:1\nb: ' secret:1'\nc: secrets:1\nsecret:d: 1\n# secret:e\nf: !x secret:1\n", nil, nil},
		{"byte order mark and runes", "w.yaml", "\ufeff{ü\U0001f600: secret:1}", nil, []workflow.Scalar{at(1, 6, "[\"ü\U0001f600\"]", "secret:1")}},
		{"CRLF", "w.yaml", "a: 1\r\nb: secret:1\r\n", nil, []workflow.Scalar{at(2, 4, "b", "secret:1")}},
		{"CR alone", "w.yaml", "a: 1\rb: secret:1\r", nil, []workflow.Scalar{at(2, 4, "b", "secret:1")}},
		{"a line end of YAML 1.1 is none of an editor's", "w.yaml", "a: 1 # \u2028b: secret:1\n", nil, []workflow.Scalar{at(1, 12, "b", "secret:1")}},
		{
			"expansion is undone", "w.yaml", "a: $LONG ${LONG} b\nc: [${LONG}, secret:/$LONG/x, $REF, secret:2]\n",
			map[string]string{"LONG": "1\n  2 3", "REF": "secret:3"},
			[]workflow.Scalar{at(2, 14, "c[1]", "secret:/1 2 3/x"), at(2, 31, "c[2]", "secret:3"), at(2, 37, "c[3]", "secret:2")},
		},
		{"the trailing line break goes", "w.yaml", "a: |\n  secret:1\nb: \"secret:2\\r\\n\"\n", nil, []workflow.Scalar{at(1, 4, "a", "secret:1"), at(3, 4, "b", "secret:2")}},
		{"JSON", "w.json", "{\"a\": [1, \"secret:\\u0031\"],\n \"secret:k\": {\"b\": \"fernet:x\"}}", nil, []workflow.Scalar{
			at(1, 11, "a[1]", "secret:1"), at(2, 20, `["secret:k"].b`, "fernet:x"),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, tt.file, tt.in, tt.env).References()
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(workflow.Scalar{})); diff != "" {
				t.Errorf("References of %q (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		format   workflow.Format
		want     workflow.Format
	}{
		{"w.yaml", `{"a": 1}`, workflow.Auto, workflow.YAML},
		{"w.yml", `a: 1`, workflow.Auto, workflow.YAML},
		{"w.json", `{"a": NaN}`, workflow.Auto, workflow.JSON},
		{"", `{"a": 1}`, workflow.Auto, workflow.JSON},
		{"-", `a: 1`, workflow.Auto, workflow.YAML},
		{"", `{"a": NaN}`, workflow.Auto, workflow.YAML},
		{"w.json", `a: 1`, workflow.YAML, workflow.YAML},
	} {
		d, err := workflow.Parse(workflow.Input{Name: tt.name, Data: []byte(tt.in), Format: tt.format})
		if err != nil || d.Format() != tt.want {
			t.Errorf("Parse of %q as %q: format %v, error %v; want %v", tt.in, tt.name, d.Format(), err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	env := map[string]string{"BAD": "\xff", "SECRET": "S3NTINEL: ["}
	for _, tt := range []struct{ name, file, in, pos, message string }{
		{"empty", "w.yaml", "", "1:1", "empty"},
		{"comments only", "w.yaml", "# x\n", "2:1", "empty"},
		{"a marker only", "w.yaml", "---\n", "2:1", "empty"},
		{"empty JSON", "w.json", " \n", "2:1", "empty"},
		{"a sequence", "w.yaml", "- 1\n", "1:1", "not a mapping"},
		{"a scalar", "w.yaml", "---\nS3NTINEL\n", "2:1", "not a mapping"},
		{"a JSON array", "w.json", " []", "1:2", "not a mapping"},
		{"two documents", "w.yaml", "a: 1\n---\nb: 2\n", "2:1", "second document"},
		{"an empty second document", "w.yaml", "a: 1\n--- # x\n", "2:1", "second document"},
		{"not UTF-8", "w.yaml", "a: 1\nb: é\xff\n", "2:5", "not UTF-8"},
		{"UTF-16", "w.yaml", "\xff\xfea\x00", "1:1", "not UTF-8"},
		{"a variable that is not UTF-8", "w.yaml", "a: x\nb: é$BAD\n", "2:5", "not UTF-8"},
		{"a control character", "w.yaml", "a: 1\nb: \x07\n", "2:4", "control character"},
		{"a tab", "w.yaml", "a:\n\tb: S3NTINEL\n", "2:1", "token"},
		{"no anchor", "w.yaml", "a: *S3NTINEL\n", "1:4", "anchor"},
		{"places behind an expansion", "w.yaml", "a: $SECRET\n", "1:4", "YAML"},
		{"an anchor that PyYAML ends earlier", "w.yaml", "a: &S3NTINEL?x |\n  y\n", "1:4", "name"},
		{"a reference as a key", "w.yaml", "a: &x secret:1\n*x : 2\n", "2:1", "alias"},
		{"a key as a reference", "w.yaml", "&x secret:1 : 2\nb: *x\n", "2:4", "alias"},
		{"a list as a key", "w.yaml", "a: &x secret:1\n? [*x]\n: 2\n", "2:3", "a list is the key"},
		{"an alias of a mapping as a key", "w.yaml", "a: &x {b: 1}\n*x : 2\n", "2:1", "a list is the key"},
		{"a template", "w.yaml", "a:\n  password: {{ .Values.password }}\n", "2:14", "a list is the key"},
		{"JSON with a comma too many", "w.json", "{\"a\": 1,\n}", "2:1", "key"},
		{"JSON that goes on", "w.json", "{} {}", "1:4", "after"},
		{"JSON that goes on behind a zero byte", "w.json", "{\"a\": 1}\x00{}", "1:9", "after"},
		{"JSON that begins with a zero byte", "w.json", "\x00", "1:1", "value was expected"},
		{"JSON that ends", "w.json", `{"a": "S3NTINEL`, "1:7", "does not end"},
		{"JSON with a raw line break", "w.json", "{\"a\": \"S3NTINEL\n\"}", "1:16", "control character"},
		{"JSON with an unknown escape", "w.json", `{"a": "\x41"}`, "1:7", "escape"},
		{"JSON with a bare word", "w.json", `{"a": S3NTINEL}`, "1:7", "value was expected"},
		{"JSON with 01", "w.json", `{"a": 01}`, "1:7", "value was expected"},
		{"deep JSON", "w.json", strings.Repeat("[", 20000), "1:10002", "deep"},
		{"deep YAML", "w.yaml", strings.Repeat("[", 20000), "1:10001", "depth"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := workflow.Parse(input(tt.file, tt.in, env))
			var e *workflow.Error
			if !errors.As(err, &e) {
				t.Fatalf("Parse(%q): %v, want an Error", tt.in, err)
			}
			if e.Pos.String() != tt.pos || !strings.Contains(e.Message, tt.message) || e.Code() != "DOCUMENT" {
				t.Errorf("Parse(%.40q): %s at %v: %q, want one at %s about %q", tt.in, e.Code(), e.Pos, e.Message, tt.pos, tt.message)
			}
			if strings.Contains(e.Error()+e.Hint, "S3NTINEL") {
				t.Errorf("Parse(%q): %q quotes the document", tt.in, e.Error())
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct {
		name, in string // every text is YAML, and the JSON ones read the same
		env      map[string]string
		want     []string
	}{
		{"duplicate key in JSON", `{"a": {"b": 1, "b": "x"}}`, nil, []string{"1:16 a.b: the key is there twice"}},
		{"none", "a: &x {b: 1}\nc: {<<: *x, <<: *x, b: 2, 'b2': 3}\nd: secret:1\n", nil, nil},
		{"duplicate key", "a: 1\n'a': 2\n", nil, []string{"2:1 a: the key is there twice"}},
		{"one name, two types", "1: x\n'1': y\n", nil, nil},
		{"line break", "a:\n- |\n  secret:1\n", nil, []string{"2:3 a[0]: a line break ends the reference"}},
		{"a live variable in a key or comment", "$LIVE: 1 # $LIVE\nb: $LIVE\n", map[string]string{"LIVE": "$A", "A": "x"}, []string{
			"1:1 : an environment variable's value", "1:12 : an environment variable's value",
		}},
		{"a variable that holds itself", "# $SELF\na: 1", map[string]string{"SELF": "$SELF"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, "", tt.in, tt.env).Warnings()
			for i, w := range got {
				text := w.Pos.String() + " " + w.Path + ": " + w.Message
				if i >= len(tt.want) || !strings.HasPrefix(text, tt.want[i]) || w.Hint == "" {
					t.Errorf("warning %d of %q: %q (hint %q), want %q", i, tt.in, text, w.Hint, tt.want)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("%q gives %d warnings, want %d", tt.in, len(got), len(tt.want))
			}
		})
	}
}
