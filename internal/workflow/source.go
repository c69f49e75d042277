package workflow

import (
	"bytes"
	"errors"
	"sort"
	"unicode/utf8"
)

const bom = "\ufeff"

// source is the document's text before and after expansion, and the way back
// from one to the other.
type source struct {
	raw, text []byte
	expanded  []expansion
	// starts are the offsets in raw where lines start.
	starts []int
	runes  runeIndex // of raw
}

// read expands the input. Both texts are UTF-8 afterwards, or an [*Error] says
// where they are not.
func read(in Input) (source, error) {
	s := source{raw: in.Data, text: in.Data, starts: lineStarts(in.Data), runes: newRuneIndex(in.Data)}
	if at := invalidUTF8(in.Data); at >= 0 {
		return s, s.locate(&offsetError{
			offset: at, message: "the text is not UTF-8",
			hint: "save the file as UTF-8 (another encoding, or a binary file, was found)",
		})
	}
	if !in.Expand {
		return s, nil
	}
	s.text, s.expanded = expand(in.Data, in.Env)
	if at := invalidUTF8(s.text); at >= 0 {
		return s, s.locate(&offsetError{
			offset: at, message: "the environment variable used here holds a value that is not UTF-8",
			hint: "set the variable to UTF-8 text",
		})
	}
	return s, nil
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; ; {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
}

// locate turns an error with an offset into one with a position, and leaves
// others alone.
func (s source) locate(err error) error {
	var at *offsetError
	if !errors.As(err, &at) {
		return err
	}
	return &Error{Pos: s.position(at.offset), Message: at.message, Hint: at.hint}
}

// position is where an offset of the expanded text is in the file as written.
func (s source) position(offset int) Position {
	return s.written(min(original(s.expanded, offset), len(s.raw)))
}

// written is the position of an offset of the file as written.
func (s source) written(at int) Position {
	line := max(1, sort.SearchInts(s.starts, at+1))
	start := min(s.starts[line-1], at)
	return Position{Line: line, Column: 1 + s.runes.count(at) - s.runes.count(start)}
}

// lineStarts returns where the lines of a file start, as editors and Python's
// universal newlines have it: after LF, CRLF or CR, and after a byte order mark.
func lineStarts(raw []byte) []int {
	starts := []int{len(raw) - len(bytes.TrimPrefix(raw, []byte(bom)))}
	for i, c := range raw {
		if c == '\n' || c == '\r' && (i+1 == len(raw) || raw[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}
