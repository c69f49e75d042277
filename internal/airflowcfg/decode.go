package airflowcfg

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// chunk is how much of a file Python decodes at once.
const chunk = 8192

// validPrefix is the length of the text before the first byte that is not
// UTF-8.
func validPrefix(data []byte) int {
	valid := 0
	for valid < len(data) {
		r, size := utf8.DecodeRune(data[valid:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		valid += size
	}
	return valid
}

// undecodable is the error for a file that is UTF-8 up to a byte only. Python
// parses while it decodes: it sees a fault in the lines before the chunk with
// that byte first, and a character that the end of the file cuts short last.
func undecodable(path string, data []byte, valid int) *Error {
	decoded := data[:valid-valid%chunk]
	if cutShort(data[valid:]) {
		decoded = data[:valid]
	}
	// A \r waits for the \n that may follow.
	decoded = bytes.TrimSuffix(decoded, []byte("\r"))
	decoded = decoded[:bytes.LastIndexAny(decoded, "\r\n")+1]
	_, err := scan(path, string(decoded))
	if e, ok := errors.AsType[*Error](err); ok && e.Kind != KindSyntax {
		return e
	}
	return &Error{
		Kind: KindEncoding, Path: path,
		Line:    strings.Count(newlines(string(data[:valid])), "\n") + 1,
		Message: "this line is not UTF-8 (Airflow refuses the file)",
	}
}

// cutShort tells whether more bytes could make this a character, also one of
// the surrogates, which Python refuses at their third byte only.
func cutShort(rest []byte) bool {
	surrogate := len(rest) == 2 && rest[0] == 0xed && rest[1]&0xe0 == 0xa0
	return surrogate || !utf8.FullRune(rest)
}

// newlines makes every line end \n. Python opens the file with universal
// newlines, and nothing else that looks like a line end to Unicode is one.
func newlines(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}
