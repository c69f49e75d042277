package check_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"om-secret-exec/internal/check"
)

// FuzzDocument: no text makes the rules panic, every finding is complete and
// lies inside the text, and they come in order.
func FuzzDocument(f *testing.F) {
	for _, s := range []string{
		"a: secret:/x # om-secret-exec: ignore[OMS101]\nb: >\n  secret:/x\n  y\n", "a: secret: x\n", "a: ****\n", "a: '*****'\n",
		"\ufeffa: !t [secret:/x, {secret: y}]\r\n# om-secret-exec: ignore\r\n", `{"a": "$A", "b": "$NOPE$EMPTY"}`, "a: |2-\n   $LIVE\n# $LIVE",
		"workflowConfig: {openMetadataServerConfig: {secretsManagerProvider: azure-kv}}\nsource: {serviceConnection: &a {b: secret:/x, c: *a}}",
		": #om-secret-exec:\n !0000000", "? [a, $EMPTY]\n: fernet:x\u2028b: Secret:/x", "a: $EMPTY", "password: $EMPTY$EMPTY",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	env := map[string]string{"A": "x: y", "LIVE": "$A", "EMPTY": "", "FERNET_KEY": "x"}
	f.Fuzz(func(t *testing.T, data []byte, expand bool) {
		in := input("", env)
		in.Document.Name, in.Document.Data, in.Document.Expand, in.Portable = "", data, expand, true
		text := bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
		lines := bytes.FieldsFunc(append([]byte("x"), bytes.ReplaceAll(text, []byte("\n"), []byte("\nx"))...), func(r rune) bool { return r == '\n' })
		last := check.Finding{}
		for _, got := range check.Document(in) {
			if got.Message == "" || got.Fix == "" || got.Title == "" {
				t.Errorf("%q: an incomplete finding: %+v", data, got)
			}
			if got.Pos.Line < last.Pos.Line || got.Pos.Line == last.Pos.Line && got.Pos.Column < last.Pos.Column {
				t.Errorf("%q: %v comes after %v", data, got, last)
			}
			last = got
			if bytes.ContainsRune(text, '\r') {
				continue // lines are counted in another way
			}
			if l := got.Pos.Line; l < 1 || l > len(lines) || got.Pos.Column < 1 || got.Pos.Column > utf8.RuneCount(lines[l-1]) {
				t.Errorf("%q: %s at %v is outside the text", data, got.Code, got.Pos)
			}
		}
	})
}
