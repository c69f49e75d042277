package openbao

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
)

// checkID refuses what cannot be a path below the mount. A segment that is
// empty, . or .. would make it a path somewhere else; what is not printable the
// server refuses without a word.
func checkID(id string) error {
	if isPath(entryPath(id)) {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the path of an entry in OpenBao", id),
		Hint:    "a path has printable names between single slashes, none of them empty, . or ..",
	}
}

// entryPath is an id without the slashes before it.
func entryPath(id string) string { return strings.TrimLeft(id, "/") }

// isPath tells whether s can be a path of the server, of an entry, a mount or a
// namespace.
func isPath(s string) bool {
	odd := func(part string) bool { return part == "" || part == "." || part == ".." }
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unprintable) && !slices.ContainsFunc(strings.Split(s, "/"), odd)
}
