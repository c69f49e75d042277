package airflowcfg

import (
	"errors"
	"testing"
)

// exception names what Python raises where we answer with an error; "" for nil.
// Kinds that no Python code raises stand for themselves.
func exception(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error %v is a %T, want *Error", err, err)
	}
	switch e.Kind {
	case KindEncoding:
		return "UnicodeDecodeError"
	case KindNoHeader:
		return "MissingSectionHeaderError"
	case KindDuplicateSection:
		return "DuplicateSectionError"
	case KindDuplicateOption:
		return "DuplicateOptionError"
	case KindSyntax:
		return "ParsingError"
	case KindPercent:
		return "InterpolationSyntaxError"
	case KindReference:
		return "InterpolationMissingOptionError"
	case KindDepth:
		return "InterpolationDepthError"
	case KindExpansion:
		return "EndlessError"
	case KindBool, KindInt:
		return "AirflowConfigException"
	default:
		return string(e.Kind)
	}
}
