package check

import (
	"bytes"
	"errors"
	"strings"

	"om-secret-exec/internal/workflow"
)

// unreadable tells why there is no document. Some of the reasons are slips with
// a rule of their own.
func (l *lint) unreadable(err error) {
	var e *workflow.Error
	if !errors.As(err, &e) {
		e = &workflow.Error{Pos: workflow.Position{Line: 1, Column: 1}, Message: "the document cannot be read"}
	}
	code, message, fix := notParsed, e.Message, e.Hint
	before, after := l.around(e.Pos)
	switch {
	case e.Slip == workflow.ReferenceAsKey:
		code = refKey
	case endsWithSecret(before) && strings.HasPrefix(after, ":"):
		code, message, fix = unquotedSecret, "secret: followed by a blank starts a mapping inside a mapping, which is not YAML", "write the id directly after secret:, without a blank"
	case strings.HasPrefix(after, "**"):
		code, message, fix = maskedValue, maskedText, maskedFix
	case strings.HasPrefix(after, "$"):
		fix = "put quotes around the value: what the variable holds is read as YAML"
	case templated(l.in.Document.Data):
		fix = "mend the document at this place; what is in {{ }} or {% %} is a template's: render it first, and check the result"
	case fix == "":
		fix = "mend the document at this place"
	}
	l.add(code, e.Pos, "", message, fix)
}

// templated tells a text with the marks of Helm and Jinja. Quotes make them text,
// so that this explains a syntax error and proves nothing.
func templated(text []byte) bool {
	return bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("{%"))
}

// around is what stands before and after a place in its line, in the file as it
// was written.
func (l *lint) around(pos workflow.Position) (before, after string) {
	text := bytes.TrimPrefix(l.in.Document.Data, []byte("\ufeff"))
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	lines := strings.Split(string(text), "\n")
	if pos.Line < 1 || pos.Line > len(lines) {
		return "", ""
	}
	runes := []rune(lines[pos.Line-1])
	at := min(max(pos.Column-1, 0), len(runes))
	return string(runes[:at]), string(runes[at:])
}

// endsWithSecret tells a text whose last word is secret.
func endsWithSecret(before string) bool {
	rest, ok := strings.CutSuffix(before, "secret")
	return ok && rest != "" && strings.ContainsAny(rest[len(rest)-1:], " \t{[,")
}
