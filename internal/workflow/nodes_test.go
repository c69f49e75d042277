package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/workflow"
)

func TestNodes(t *testing.T) {
	d := parse(t, "w.yaml", "a: &x [b, !t c]\nd: {'e$A': *x}\nf: $B-${C}${NOPE}\ng: \"$A\" # $A\nh: ${LIVE}\ni: |\n  x\n  $A\n",
		map[string]string{"A": "1", "B": "", "C": "", "LIVE": "$A"})
	var got []string
	for _, n := range d.Nodes() {
		line := fmt.Sprintf("%v %s %q", n.Pos, n.Path, n.Value)
		for text, has := range map[string]bool{" key": n.IsKey, " live": n.Live} {
			if has {
				line += text
			}
		}
		if n.Sole {
			line += " sole"
		}
		if !n.Scalar {
			line = fmt.Sprintf("%v %s %s", n.Pos, n.Path, n.Tag)
		} else if !n.String {
			line += " " + n.Tag
		}
		for _, v := range n.Variables {
			line += fmt.Sprintf(" (%v %s set=%v alone=%v)", v.Pos, v.Name, v.Set, v.Alone)
		}
		got = append(got, line)
	}
	want := []string{
		`1:1 a "a" key`, `1:4 a !!seq`, `1:8 a[0] "b"`, `1:14 a[1] "c" !t`,
		`2:1 d "d" key`, `2:4 d !!map`, `2:5 d.e1 "e1" key sole (2:7 A set=true alone=false)`,
		`3:1 f "f" key`, `3:6 f "-${NOPE}" (3:4 B set=true alone=false) (3:7 C set=true alone=false) (3:11 NOPE set=false alone=false)`,
		`4:1 g "g" key`, `4:4 g "1" (4:5 A set=true alone=true)`,
		`5:1 h "h" key`, `5:4 h "$A" live (5:4 LIVE set=true alone=true)`,
		`6:1 i "i" key`, `6:4 i "x\n1\n" (8:3 A set=true alone=false)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Nodes (-want +got):\n%s", diff)
	}
}

func TestComments(t *testing.T) {
	for _, tt := range []struct{ name, file, in, want string }{
		{"alone and not", "w.yaml", "# a\n  #b\nc: d # e\n", "1:1 alone # a|2:3 alone #b|3:6 # e"},
		{"none in scalars", "w.yaml", "a: 'x # y'\nb: \"x\n  # y\"\nc: x#y\n'd # e': f\n", ""},
		{"blocks", "w.yaml", "a: | # header\n  # text\n\n# after\nb: >-\n  x # y\n   # z\n # end\n", "1:6 # header|4:1 alone # after|8:2 alone # end"},
		{"flow", "w.yaml", "\ufeffa: [x, # one\r\n  # two\r\n  {b: c}] # three\r\n", "1:8 # one|2:3 alone # two|3:11 # three"},
		{"between properties", "w.yaml", "a: &x # one\n  !!str # two\n  b", "1:7 # one|2:9 # two"},
		{"JSON", "w.json", `{"a": "# b"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := workflow.Parse(workflow.Input{Name: tt.file, Data: []byte(tt.in)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range d.Comments() {
				line := c.Pos.String()
				if c.Alone {
					line += " alone"
				}
				got = append(got, line+" "+c.Text)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("Comments of %q (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}
