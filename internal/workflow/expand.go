package workflow

import (
	"bytes"
	"regexp"
	"sort"
)

// variable is posixpath's pattern: ASCII word characters, or anything in braces
// that is not a closing brace.
var variable = regexp.MustCompile(`\$(?:[0-9A-Za-z_]+|\{[^}]*\})`)

// expansion is one piece of text that was replaced, such as a variable: where
// the old text stood and where the new one stands, both half-open.
type expansion struct {
	fromStart, fromEnd int
	toStart, toEnd     int
}

// expand is os.path.expandvars of a POSIX Python: one pass from left to right,
// an undefined variable stays, and there is no escape.
func expand(raw []byte, env func(string) (string, bool)) ([]byte, []expansion) {
	var edits []edit
	for _, hit := range variable.FindAllIndex(raw, -1) {
		if value, ok := env(name(raw[hit[0]:hit[1]])); ok {
			edits = append(edits, edit{span{hit[0], hit[1]}, value})
		}
	}
	if edits == nil {
		return raw, nil
	}
	return splice(raw, edits)
}

// original undoes the expansion for one offset: an offset inside a variable's
// value is where the `$` was.
func original(done []expansion, offset int) int {
	i := sort.Search(len(done), func(i int) bool { return done[i].toStart > offset }) - 1
	if i < 0 {
		return offset
	}
	if e := done[i]; offset >= e.toEnd {
		return e.fromEnd + offset - e.toEnd
	}
	return done[i].fromStart
}

// live returns where the variables start that an expansion would replace by
// something else.
func live(text []byte, env func(string) (string, bool)) []int {
	out, done := expand(text, env)
	var at []int
	for _, e := range done {
		if !bytes.Equal(text[e.fromStart:e.fromEnd], out[e.toStart:e.toEnd]) {
			at = append(at, e.fromStart)
		}
	}
	return at
}

// name is the name in `$name` or `${name}`.
func name(variable []byte) string {
	if variable[1] == '{' {
		return string(variable[2 : len(variable)-1])
	}
	return string(variable[1:])
}
