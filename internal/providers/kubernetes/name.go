package kubernetes

import "strings"

// maxName is the most characters of an object's name.
const maxName = 253

// isLabel tells whether a text is an RFC 1123 label, as a namespace's name must
// be: letters, digits and dashes, with none of the latter at the ends. This and
// the next are no regular expressions, which would be compiled at every start.
func isLabel(text string) bool { return len(text) <= 63 && isPart(text) }

// isSubdomain tells whether a text is an RFC 1123 subdomain, as a Secret's name
// must be: parts like labels of any length, with dots between. What fits is safe
// in a URL's path.
func isSubdomain(text string) bool {
	for part := range strings.SplitSeq(text, ".") {
		if !isPart(part) {
			return false
		}
	}
	return len(text) <= maxName
}

func isPart(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" &&
		text[0] != '-' && text[len(text)-1] != '-'
}

// objectName gives the name of the Secret that an id means: the id itself where
// it can be one, else what OpenMetadata's server made of it. Until February 2026
// the server wrote references with slashes and named the object by cleaning
// them, which its Python side never does: such references work here only. The
// result is empty when nothing is left of the id, and for one that is too long
// without having slashes: no server wrote that.
func objectName(id string) string {
	switch {
	case isSubdomain(id):
		return id
	case len(id) > maxName && !strings.Contains(id, "/"):
		return ""
	}
	return cleaned(id)
}

// cleaned is the server's rule: lower case, every other character a dash, dashes
// collapsed and trimmed, cut to the longest name.
func cleaned(id string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(id) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.TrimRight(b.String(), "-")
	return strings.TrimRight(name[:min(len(name), maxName)], "-")
}
