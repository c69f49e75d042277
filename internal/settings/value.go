package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"om-secret-exec/internal/providers"
)

// tidy takes blanks off, which OpenMetadata would send to the store: its own
// documentation prints `KEY= value`. Quotes stay, as they do there.
func (a *answer) tidy(k providers.Key) {
	text := strings.TrimSpace(a.text)
	if text != a.text {
		a.warnings = append(a.warnings, blanks(k.Name, a.source))
		a.text = text
	}
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'') {
		a.warn(Quotes, k, "has quotes around it, which are part of the value; leave them out")
	}
}

// blanks is the warning for a value with blanks or line breaks around it.
func blanks(name, source string) Remark {
	return Remark{Kind: Blanks, Text: fmt.Sprintf("%s (%s) has blanks around it, which are left out; OpenMetadata would keep them", name, source)}
}

// warn adds a remark about a key's value.
func (a *answer) warn(kind RemarkKind, k providers.Key, text string) {
	a.warnings = append(a.warnings, Remark{Kind: kind, Text: fmt.Sprintf("%s (%s) %s", k.Name, a.source, text)})
}

// wrong is the error for a value that cannot be used; it does not show it.
func (a *answer) wrong(k providers.Key, text string) error {
	return configError(fmt.Sprintf("%s (%s) %s", k.Name, a.source, text), "")
}

var intRule = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*$`)

// pythonInt is Python's int(text) for what has no blanks around it.
func pythonInt(text string) (int64, error) {
	if !intRule.MatchString(text) {
		return 0, errors.New("not a whole number")
	}
	return strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
}
