package main

import (
	"fmt"
	"strings"

	"om-secret-exec/internal/check"
)

// located is a finding and the file that it is in.
type located struct {
	check.Finding
	file   string
	object string // in a manifest
}

// where is `file:line:column`, as far as there are such.
func (l located) where() string {
	if l.Pos.Line == 0 {
		return l.file
	}
	return fmt.Sprintf("%s:%s", l.file, l.Pos)
}

// checkReport is what a run found.
type checkReport struct {
	findings  []located
	workflows int
	skipped   []string // files without a workflow
	unread    []string // files and directories that could not be read
}

func (r *checkReport) count(s check.Severity) int {
	n := 0
	for _, f := range r.findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// print writes the report in the form that was asked for.
func (c *checker) print() error {
	switch c.opts.output {
	case "json":
		return c.app.writeJSON(c.report.object())
	case "github":
		return c.app.write("", []byte(c.report.annotations()+c.report.summary()))
	}
	return c.app.write("", []byte(c.report.table()+c.report.summary()))
}

// widest keeps one long path from pushing every message to the right.
const widest = 48

// table has a line for each finding, which editors can jump to, and the remedy
// below it.
func (r *checkReport) table() string {
	width := 0
	for _, f := range r.findings {
		if n := len([]rune(printable(f.where()))); n <= widest {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, f := range r.findings {
		fmt.Fprintf(&b, "%-*s %-7s %s  %s\n", width+1, printable(f.where())+":", f.Severity, f.Code, printable(f.Message))
		if f.object != "" {
			fmt.Fprintf(&b, "    in   %s\n", printable(f.object))
		}
		if f.Fix != "" {
			fmt.Fprintf(&b, "    fix  %s\n", printable(f.Fix))
		}
	}
	return b.String()
}

// summary is the last line of a report for people.
func (r *checkReport) summary() string {
	found := "nothing found"
	if len(r.findings) > 0 {
		found = counted(r.count(check.Error), "error") + ", " + counted(r.count(check.Warning), "warning")
	}
	text := "checked " + counted(r.workflows, "workflow") + ": " + found
	if n := len(r.skipped); n > 0 {
		text += fmt.Sprintf("; skipped (%d)", n)
	}
	if n := len(r.unread); n > 0 {
		text += fmt.Sprintf("; %d could not be read", n)
	}
	return text + "\n"
}

func counted(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun)) }

// annotations are the workflow commands of GitHub Actions.
func (r *checkReport) annotations() string {
	var b strings.Builder
	for _, f := range r.findings {
		properties := []string{"title=" + githubProperty(f.Code+" "+f.Title)}
		if f.Pos.Line > 0 {
			properties = append([]string{fmt.Sprintf("line=%d", f.Pos.Line), fmt.Sprintf("col=%d", f.Pos.Column)}, properties...)
		}
		if f.file != "" {
			properties = append([]string{"file=" + githubProperty(f.file)}, properties...)
		}
		text := f.Message
		if f.object != "" {
			text += "\nin: " + f.object
		}
		if f.Fix != "" {
			text += "\nfix: " + f.Fix
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", f.Severity, strings.Join(properties, ","), githubText(text))
	}
	return b.String()
}

// githubText escapes what would end a workflow command's line.
func githubText(s string) string {
	return printable(strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s))
}

// githubProperty escapes what would end a property.
func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubText(s))
}
