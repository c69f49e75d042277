package reference

import "strings"

// Shown is a reference, or what a person typed for one, as messages may show
// it. The text of a default= may be a password, with an & or # in it that breaks
// it into parts; and where the reference cannot be read, anything behind the ?
// may be such a text.
func Shown(s string) string {
	id, _, options := strings.Cut(s, "?")
	if !options {
		return s
	}
	if parsed, err := ParseArg(s); err != nil || parsed.Default != nil {
		return id + "?..."
	}
	return s
}
