// Package check finds what is wrong with a workflow, or will be a surprise,
// without asking any store: references that cannot work, the traps of
// OpenMetadata's own loaders, and documents that mean something else than they
// seem to.
//
// It reads no file and prints nothing; the caller brings texts and shows
// findings.
package check

import (
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/workflow"
)

// Severity grades a finding.
type Severity string

// The severities. An Error makes a run fail, or give something that nobody
// means; a Warning is likely a slip.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Rule is one thing that check knows.
type Rule struct {
	// Code is OMS and three digits. It is stable: a code that is given up is
	// never used for something else.
	Code     string
	Severity Severity
	// Title says in one line what is wrong, without any document's details.
	Title string
}

// Finding is one place where a rule applies.
type Finding struct {
	Rule
	// Pos is the place in the file as it was written; zero when the finding is
	// about settings.
	Pos workflow.Position
	// Path is the YAML path of the scalar, or empty.
	Path string
	// Message says what is wrong here, and Fix in one line what mends it. They
	// quote references and names, never a value that may be a secret.
	Message, Fix string
	// Retry tells that the finding may be gone when one tries again; it is of a
	// store that did not answer.
	Retry bool
}

// Input is a document to check.
type Input struct {
	// Document is the text, as [workflow.Parse] takes it.
	Document workflow.Input
	// Kinds are the stores that this program knows.
	Kinds []providers.Kind
	// Provider is the provider that a flag or variable names; empty means the
	// document's own.
	Provider string
	// Portable asks for findings about what OpenMetadata itself would not
	// understand.
	Portable bool
	// Asked tells that the stores were asked, and Found what they said: findings
	// of 5xx, at the places of the references. Comments ignore them as others.
	Asked bool
	Found []Finding
}
