package workflow

import (
	"fmt"

	"om-secret-exec/internal/providers"
)

// Position is a place in the file as it was written, before expansion. Lines
// and columns count from 1, columns in code points; a byte order mark is no
// column.
type Position struct {
	Line, Column int
}

// String gives LINE:COLUMN.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Slip names what a [Warning] or an [Error] is about, for callers that must tell
// them apart.
type Slip int

// The slips. A warning always has one of its own.
const (
	OtherSlip Slip = iota
	// DuplicateKey is a key that its mapping has already.
	DuplicateKey
	// TrailingBreak is a reference that ends with a line break.
	TrailingBreak
	// LiveVariable is a key or comment that a second expansion would change.
	LiveVariable
	// ReferenceAsKey is a reference that an alias makes a key.
	ReferenceAsKey
)

// Error is a document that cannot be read, or (Internal) a bug of ours. It
// never quotes the document's values.
type Error struct {
	Slip          Slip
	Pos           Position
	Message, Hint string
	Internal      bool
}

// Error implements error.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

// Code returns DOCUMENT or INTERNAL.
func (e *Error) Code() providers.Code {
	if e.Internal {
		return providers.Internal
	}
	return providers.Document
}

// offsetError is an error of a parser, which knows places in the expanded text
// only; source.locate makes an Error of it.
type offsetError struct {
	offset        int
	message, hint string
}

func (e *offsetError) Error() string { return e.message }
