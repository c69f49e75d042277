package airflowcfg

import (
	"fmt"
	"regexp"
)

// Kind classifies an [Error]. Most kinds are one of Python's exceptions, named
// beside the constant: what Airflow would have raised.
type Kind string

// The kinds of error.
const (
	KindMissing          Kind = "missing"           // the named file does not exist
	KindUnreadable       Kind = "unreadable"        // the named file cannot be opened or read
	KindEncoding         Kind = "encoding"          // UnicodeDecodeError
	KindNoHeader         Kind = "no-header"         // configparser.MissingSectionHeaderError
	KindDuplicateSection Kind = "duplicate-section" // configparser.DuplicateSectionError
	KindDuplicateOption  Kind = "duplicate-option"  // configparser.DuplicateOptionError
	KindSyntax           Kind = "syntax"            // configparser.ParsingError
	KindPercent          Kind = "percent"           // configparser.InterpolationSyntaxError
	KindReference        Kind = "reference"         // configparser.InterpolationMissingOptionError
	KindDepth            Kind = "depth"             // configparser.InterpolationDepthError
	KindExpansion        Kind = "expansion"         // none: Airflow never comes back
	KindBool             Kind = "bool"              // AirflowConfigException of getboolean
	KindInt              Kind = "int"               // AirflowConfigException of getint
)

// Error says what is wrong with a file or a value, and where. It never holds
// the value, nor a piece of it.
type Error struct {
	Kind Kind
	// Path and Line say where in a file, Line being 0 for all of it. Path is
	// empty when an environment variable is at fault.
	Path string
	Line int
	// Variable is the environment variable at fault, else empty.
	Variable string
	// Section and Option are empty where the fault belongs to neither.
	Section, Option string
	// Message is for people: lower case, no full stop, what to do included.
	Message string
}

// Error implements error: the place and the message.
func (e *Error) Error() string {
	switch {
	case e.Variable != "":
		return fmt.Sprintf("variable %s: %s", e.Variable, e.Message)
	case e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Message)
	case e.Path != "":
		return fmt.Sprintf("%s: %s", e.Path, e.Message)
	}
	return e.Message
}

// plainName matches names that are shown in messages. Anything else may be a
// piece of a value that lost its indentation, such as a line of a private key.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.:@ -]+$`)

const maxName = 64 // bytes

// naming puts what kind of thing a name is in front of it, in quotes, or
// leaves the name out when it does not look like one.
func naming(what, name string) string {
	if len(name) > maxName || !plainName.MatchString(name) {
		return "this " + what
	}
	return fmt.Sprintf("%s %q", what, name)
}
