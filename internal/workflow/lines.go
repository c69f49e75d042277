package workflow

import (
	"bytes"
)

// lines finds a place that yaml/v4 gives (line and column from 1, in runes) in
// the text. The parser counts U+0085, U+2028 and U+2029 as line ends besides
// LF, CRLF and CR, and does not see a byte order mark at the very start.
type lines struct {
	text   []byte
	starts []int
	runes  runeIndex
}

func newLines(text []byte) lines {
	first := len(text) - len(bytes.TrimPrefix(text, []byte(bom)))
	l := lines{text: text, starts: []int{first}, runes: newRuneIndex(text)}
	for at := first; at < len(text); {
		if n := lineBreak(text[at:]); n > 0 {
			at += n
			l.starts = append(l.starts, at)
			continue
		}
		at++
	}
	return l
}

// offset is the byte offset of a line and column; a place outside the text is
// moved to its nearest end.
func (l lines) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(l.starts) {
		return len(l.text)
	}
	start := l.starts[line-1]
	if column <= 1 {
		return start
	}
	return l.runes.offset(l.runes.count(start) + column - 1)
}

// lineBreak returns the length of the YAML 1.1 line break that s starts with,
// or 0.
func lineBreak(s []byte) int {
	switch {
	case len(s) == 0:
		return 0
	case s[0] == '\n':
		return 1
	case s[0] == '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case s[0] == 0xc2 && len(s) > 1 && s[1] == 0x85:
		return 2
	case s[0] == 0xe2 && len(s) > 2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9):
		return 3
	}
	return 0
}

// folded is what a scalar's value holds for a line break: LF, but U+2028 and
// U+2029 stand for themselves.
func folded(lineBreak []byte) []byte {
	if len(lineBreak) == 3 {
		return lineBreak
	}
	return []byte("\n")
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// lineEnd returns the offset of the line break that ends the line of at, or the
// text's length.
func lineEnd(text []byte, at int) int {
	for at < len(text) && lineBreak(text[at:]) == 0 {
		at++
	}
	return at
}
