// Package protocol is how other programs ask for secrets, `get --json`: one JSON
// request in, one JSON response out. It reads and writes the two documents and
// holds their rules; it asks no store. docs/protocol describes the exchange for
// those who write the other end, with a JSON Schema for each document.
package protocol

import (
	"errors"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
)

// Version is the apiVersion of both documents.
const Version = "om-secret-exec/v1"

// The kinds of the two documents.
const (
	requestKind  = "SecretRequest"
	responseKind = "SecretResponse"
)

// The limits of a request. The longest time that one may ask for fits the
// integers of every language.
const (
	MaxBytes      = 1 << 20
	MaxRefs       = 1000
	maxDeadlineMS = 1<<31 - 1
)

// Request is what was asked.
type Request struct {
	Refs []Ref
	// Deadline bounds the run, counted from when the request has been read; 0
	// means that the asker set none.
	Deadline time.Duration
}

// Ref is one secret that was asked for. Text is an id or a whole reference; the
// other members stand for the reference's own #FIELD and options, and are nil
// when they are absent.
type Ref struct {
	Text                    string
	Version, Field, Default *string
}

// Reference puts the parts together. The error is INVALID_REF: the text is no
// reference, a part is empty or cannot be one, or the text says something else
// than the part beside it. It quotes none of them.
func (r Ref) Reference() (reference.Reference, *providers.Error) {
	ref, err := reference.ParseArg(r.Text)
	if err != nil {
		return reference.Reference{}, invalid(err)
	}
	switch {
	case r.Version != nil && *r.Version == "":
		return ref, unusable("version is empty", "leave version out to read the current one")
	case r.Field != nil && *r.Field == "":
		return ref, unusable("field is empty", "leave field out to get the whole secret")
	case r.Version != nil && ref.Version != "" && ref.Version != *r.Version:
		return ref, contradiction("version")
	case r.Field != nil && ref.HasField && ref.Field != *r.Field:
		return ref, contradiction("field")
	case r.Default != nil && ref.Default != nil && *ref.Default != *r.Default:
		return ref, contradiction("default")
	}
	if r.Version != nil {
		ref.Version = *r.Version
	}
	if r.Field != nil {
		ref.Field, ref.HasField = *r.Field, true
	}
	if r.Default != nil {
		ref.Default = r.Default
	}
	// The grammar has the last word on the parts, too.
	if _, err := reference.Parse(ref.String()); err != nil {
		return ref, invalid(err)
	}
	return ref, nil
}

// invalid hands on an error of internal/reference, whose type is that one.
func invalid(err error) *providers.Error {
	var e *providers.Error
	if errors.As(err, &e) {
		return e
	}
	return &providers.Error{Code: providers.Internal, Message: "reading a reference"}
}

func unusable(message, hint string) *providers.Error {
	return &providers.Error{Code: providers.InvalidRef, Message: message, Hint: hint}
}

func contradiction(part string) *providers.Error {
	return unusable("the reference and the "+part+" beside it contradict each other",
		"say it once: in the reference's text, or as "+part)
}
