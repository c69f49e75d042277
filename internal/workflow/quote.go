package workflow

import (
	"fmt"
	"strings"
)

// quote writes a value as a double-quoted string that os.path.expandvars leaves
// alone and that PyYAML, yaml/v4 and every JSON parser read back as the same
// value, whatever it is:
//
//   - `$` is escaped, so that no expansion sees it;
//   - so is everything outside printable ASCII up to U+FFFF, because PyYAML
//     refuses raw control characters and folds U+0085 and U+2028;
//   - characters above U+FFFF stay raw: PyYAML reads an escaped surrogate pair
//     as two characters.
//
// The value must be UTF-8.
func quote(value string) string {
	var b strings.Builder
	b.Grow(len(value) + 2)
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '$' || r < 0x20 || r > 0x7e && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
