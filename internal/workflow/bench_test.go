package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"om-secret-exec/internal/workflow"
)

// BenchmarkRender parses and renders a file of about 20 KB with 200 references.
func BenchmarkRender(b *testing.B) {
	var doc strings.Builder
	doc.WriteString("source:\n  type: snowflake\n")
	for i := range 200 {
		fmt.Fprintf(&doc, "  service%d: # comment %d\n    hostPort: host.example.com:5432\n    password: secret:/team/prod/db/password%d\n", i, i, i)
	}
	in := workflow.Input{Name: "w.yaml", Data: []byte(doc.String()), Expand: true}
	b.SetBytes(int64(doc.Len()))
	for b.Loop() {
		d, err := workflow.Parse(in)
		if err != nil {
			b.Fatal(err)
		}
		values := map[int]string{}
		for i := range d.References() {
			values[i] = "a value of some length"
		}
		if _, err := d.Render(workflow.Rewrite{Values: values}); err != nil {
			b.Fatal(err)
		}
	}
}
