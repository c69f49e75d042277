package airflowcfg

import "fmt"

// origin is where a value was written: a variable, or a line of a file.
type origin struct {
	variable string
	path     string
	line     int
}

// String is the origin for people.
func (o origin) String() string {
	if o.variable != "" {
		return "variable " + o.variable
	}
	return fmt.Sprintf("%s:%d", o.path, o.line)
}

// fail is an error of this kind about the value of an option.
func (o origin) fail(k key, kind Kind) *Error {
	return &Error{
		Kind: kind, Path: o.path, Line: o.line, Variable: o.variable,
		Section: k.section, Option: k.name,
		Message: fmt.Sprintf("%s in %s: %s", naming("option", k.name), naming("section", k.section), reason(kind)),
	}
}

// reason says what is wrong with a value without showing any of it. The name
// in a %(name)s belongs to the value: it may be a piece of a password.
func reason(kind Kind) string {
	switch kind {
	case KindPercent:
		return `a "%" that starts neither "%%" nor "%(name)s"; write "%%" for a percent sign`
	case KindReference:
		return `a "%(name)s" names an option that is neither in this section nor in DEFAULT; write "%%" for a percent sign`
	case KindDepth:
		return `its "%(name)s" leads back to itself, or through more than 10 options`
	case KindExpansion:
		return endless
	case KindBool:
		return "not a boolean; Airflow takes true, t, 1, false, f and 0 (and not yes, no or an empty value)"
	case KindInt:
		return "not a whole number between -2^63 and 2^63-1"
	default:
		return string(kind)
	}
}
