package check

import (
	"regexp"
	"sync"

	"om-secret-exec/internal/workflow"
)

// isNumber tells a number or a date. A boolean is more likely a switch than a
// password.
func isNumber(n workflow.Node) bool {
	switch {
	case !n.Scalar || n.IsKey:
		return false
	case n.Plain:
		return pythonNumber().MatchString(n.Value)
	}
	switch n.Tag {
	case "!!int", "!!float", "!!timestamp":
		return true
	}
	return false
}

// pythonNumber matches the plain scalars that Python's YAML loader takes for a
// number or a date. It keeps YAML 1.1, our parser does not: 12:30 is a number
// there, in base 60, while 1e5 and 0899 are text.
var pythonNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:` +
		`[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*(?::[0-5]?[0-9])*)|` +
		`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|` +
		`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|` +
		`[0-9]{4}-[0-9]{2}-[0-9]{2}|` +
		`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?` +
		`)$`)
})
