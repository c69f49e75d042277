package workflow

import "strings"

// blockSpans finds the block scalar whose `|` or `>` is at. The header's
// comment and the blank lines after the content belong to neither span.
func blockSpans(text []byte, at int, value string) (head, tail span, ok bool) {
	if at >= len(text) || text[at] != '|' && text[at] != '>' {
		return head, tail, false
	}
	head = span{at, at + 1}
	for head.end < len(text) && strings.IndexByte("+-0123456789", text[head.end]) >= 0 {
		head.end++
	}
	header := lineEnd(text, head.end)
	tail = span{header, header}
	indent, ok := blockIndent(text, header, value)
	if !ok {
		return head, tail, false
	}
	for at := header; at < len(text); {
		at += lineBreak(text[at:])
		end := lineEnd(text, at)
		switch blanks := leadingBlanks(text[at:end]); {
		case blanks < indent && blanks < end-at:
			return head, tail, true // a shallower line with text ends the scalar
		case end-at > indent:
			tail.end = end
		}
		at = end
	}
	return head, tail, true
}

// blockIndent is the indentation of a block scalar's content. It is counted on
// the first line that is not blank: what the text has more than the value is
// indentation. So neither the indentation indicator nor the enclosing
// collections need to be known.
func blockIndent(text []byte, header int, value string) (int, bool) {
	inValue := -1
	for line := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '\n' || r == '\u2028' || r == '\u2029' }) {
		if blanks := leadingBlanks([]byte(line)); blanks < len(line) {
			inValue = blanks
			break
		}
	}
	for at := header; at < len(text); {
		at += lineBreak(text[at:])
		end := lineEnd(text, at)
		if blanks := leadingBlanks(text[at:end]); blanks < end-at {
			return blanks - inValue, inValue >= 0 && blanks >= inValue
		}
		at = end
	}
	return 0, false
}

// leadingBlanks counts the blanks, not tabs, that a line starts with.
func leadingBlanks(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}
