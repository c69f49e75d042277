package workflow

import "bytes"

// singleEnd returns the end of the single-quoted scalar that starts at.
func singleEnd(text []byte, at int) (int, bool) {
	if at >= len(text) || text[at] != '\'' {
		return at, false
	}
	for at++; at < len(text); at++ {
		if text[at] != '\'' {
			continue
		}
		if at+1 == len(text) || text[at+1] != '\'' {
			return at + 1, true
		}
		at++
	}
	return at, false
}

// doubleEnd returns the end of the double-quoted scalar that starts at.
func doubleEnd(text []byte, at int) (int, bool) {
	if at >= len(text) || text[at] != '"' {
		return at, false
	}
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1, true
		}
	}
	return at, false
}

// plainEnd returns the end of the plain scalar that starts at. Where one ends
// depends on all that encloses it, so the text is matched with the value that
// the parser read: the end is where the value is used up.
func plainEnd(text []byte, at int, value string) (int, bool) {
	for value != "" {
		if at >= len(text) {
			return at, false
		}
		if !isBlank(text[at]) && lineBreak(text[at:]) == 0 {
			if text[at] != value[0] {
				return at, false
			}
			at, value = at+1, value[1:]
			continue
		}
		join, n := between(text[at:])
		if len(value) < len(join) || value[:len(join)] != string(join) {
			return at, false
		}
		at, value = at+n, value[len(join):]
	}
	return at, true
}

// between reads the blanks and line breaks between two words of a plain scalar
// and returns what the value has for them, and their length: blanks stay, one
// LF becomes a blank, of several LFs the first goes.
func between(s []byte) (join []byte, n int) {
	var breaks [][]byte
	for n < len(s) {
		if size := lineBreak(s[n:]); size > 0 {
			breaks = append(breaks, folded(s[n:n+size]))
			n += size
		} else if isBlank(s[n]) {
			n++
		} else {
			break
		}
	}
	switch {
	case len(breaks) == 0:
		return s[:n], n
	case len(breaks) == 1 && breaks[0][0] == '\n':
		return []byte(" "), n
	case breaks[0][0] == '\n':
		breaks = breaks[1:]
	}
	return bytes.Join(breaks, nil), n
}
