package workflow

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestCheck damages good results one way after another: the check must see all
// of it, and say nothing of the values.
func TestCheck(t *testing.T) {
	source := "# c\na: secret:x # d\nb: &y !!str text\nc: [1, secret:z]\nd: |2 # f\n  secret:u\ne: *y\n"
	type damage func(edits []edit, out []byte, done []expansion) ([]byte, []expansion)
	replace := func(old, new string) damage {
		return func(_ []edit, out []byte, done []expansion) ([]byte, []expansion) {
			return bytes.Replace(out, []byte(old), []byte(new), 1), done
		}
	}
	// move lets the edit of the text old remove the text new.
	move := func(old, new string) damage {
		return func(edits []edit, _ []byte, _ []expansion) ([]byte, []expansion) {
			from, to := strings.Index(source, old), strings.Index(source, new)
			for i, e := range edits {
				if e.span == (span{from, from + len(old)}) {
					edits[i].span = span{to, to + len(new)}
				}
			}
			return splice([]byte(source), edits)
		}
	}
	for _, tt := range []struct {
		name   string
		damage damage
		want   string
	}{
		{"none", replace("", ""), ""},
		{"a comment", replace("# c", "# C"), "outside"},
		{"the end", replace("*y\n", "*y\n\n"), "outside"},
		{"between two edits", replace("[1,", "[2,"), "outside"},
		{"another value", replace(`"S3NTINEL"`, `"S3NTINeL"`), "something else"},
		{"a value of another type", replace(`"S3NTINEL"`, `1234567890`), "something else"},
		{"an open quote", replace(`"S3NTINEL"`, `"S3NTINEL:`), "parsed"},
		{"a comment goes along", move("secret:x", "secret:x # d"), "more or less"},
		{"too little goes", move("secret:x", "secret:"), "more or less"},
		{"another scalar goes", move("secret:x", "text"), "more or less"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Parse(Input{Name: "w.yaml", Data: []byte(source)})
			if err != nil {
				t.Fatal(err)
			}
			p := &plan{doc: d, changes: map[*yaml.Node]change{}}
			for _, r := range d.refs {
				p.set(r.node, "S3NTINEL")
			}
			edits, err := p.edits()
			if err != nil {
				t.Fatal(err)
			}
			out, done := splice(d.src.text, edits)
			err = p.check(tt.damage(edits, out, done))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("check: %v, want one about %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "S3NTIN") {
				t.Errorf("check quotes the value: %v", err)
			}
		})
	}
}
