package workflow_test

import (
	"fmt"
	"strconv"
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

// BenchmarkOneLongLine shows that the work for a document on one line grows with
// its length, not with the square of it: ns/reference stays the same.
func BenchmarkOneLongLine(b *testing.B) {
	growing(b, func(references int) string {
		return "a: [é" + strings.Repeat(", secret:/some/longer/id", references) + "]\n"
	})
}

// BenchmarkBlockScalars shows the same of references that start lines.
func BenchmarkBlockScalars(b *testing.B) {
	growing(b, func(references int) string {
		return "a:\n" + strings.Repeat("-\n  |-\n  secret:/some/longer/id\n", references)
	})
}

func growing(b *testing.B, text func(references int) string) {
	b.Helper()
	for _, references := range []int{1000, 10000} {
		b.Run(strconv.Itoa(references), func(b *testing.B) {
			in := workflow.Input{Name: "wf.yaml", Data: []byte(text(references))}
			for b.Loop() {
				d, err := workflow.Parse(in)
				if err != nil {
					b.Fatal(err)
				}
				values := map[int]string{}
				for i := range d.References() {
					values[i] = "a value"
				}
				if _, err := d.Render(workflow.Rewrite{Values: values}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*references), "ns/reference")
		})
	}
}
