package providers

import (
	"strings"
	"time"
)

// Code classifies a failure. The list is closed: messages, exit codes and the
// JSON protocol all use it, and callers may branch on it.
type Code string

// The codes. Each comment says when it is used, and what the reader can do.
const (
	InvalidRef          Code = "INVALID_REF"          // the reference's text cannot be one
	NotFound            Code = "NOT_FOUND"            // the store has no such secret
	FieldNotFound       Code = "FIELD_NOT_FOUND"      // the secret is there, the field is not
	VersionNotFound     Code = "VERSION_NOT_FOUND"    // the secret is there, the version is not
	Disabled            Code = "DISABLED"             // disabled, or scheduled for deletion
	BadValue            Code = "BAD_VALUE"            // the value cannot be carried through
	NotUTF8             Code = "NOT_UTF8"             // a binary value where text is needed
	TooLarge            Code = "TOO_LARGE"            // over a documented limit
	Unauthenticated     Code = "UNAUTHENTICATED"      // the store does not know who we are
	PermissionDenied    Code = "PERMISSION_DENIED"    // it knows, and refuses
	Policy              Code = "POLICY"               // a rule other than identity refuses (network, organisation)
	Throttled           Code = "THROTTLED"            // too many requests
	Timeout             Code = "TIMEOUT"              // no answer in time
	Unavailable         Code = "UNAVAILABLE"          // cannot be reached, or answers with a server error
	TLS                 Code = "TLS"                  // the connection's certificate is not trusted
	Config              Code = "CONFIG"               // a setting is missing or wrong
	UnsupportedProvider Code = "UNSUPPORTED_PROVIDER" // no such provider, or not in this build
	Decrypt             Code = "DECRYPT"              // Fernet: no key fits, or not a token
	Document            Code = "DOCUMENT"             // the document cannot be read
	Output              Code = "OUTPUT"               // the result cannot be written
	Cancelled           Code = "CANCELLED"            // stopped by a signal
	Internal            Code = "INTERNAL"             // a bug of ours
)

// Codes returns the closed list, in the order of the documentation.
func Codes() []Code {
	return []Code{
		InvalidRef, NotFound, FieldNotFound, VersionNotFound, Disabled, BadValue, NotUTF8, TooLarge,
		Unauthenticated, PermissionDenied, Policy, Throttled, Timeout, Unavailable, TLS, Config,
		UnsupportedProvider, Decrypt, Document, Output, Cancelled, Internal,
	}
}

// Error is a failure with all that a person needs to mend it. No field ever
// holds a secret's value or text that a store's server wrote freely (a body may
// quote what it was sent); stores fill Message with words of their own.
type Error struct {
	Code Code
	// Message says what is wrong, in our own words: lower case, no full stop.
	Message string
	// Place is the store and where in it we looked, such as
	// `AWS Secrets Manager, region eu-west-1`.
	Place string
	// Identity is who asked, such as an access key id or a role; empty when it
	// is not known. Never a credential.
	Identity string
	// RequestID is the id that the service gave the failed request, for its
	// support and its logs.
	RequestID string
	// Status is the HTTP status, or 0.
	Status int
	// Hint is something that the reader can do now; empty when there is none.
	Hint string
	// Retryable tells that the same call may succeed later.
	Retryable bool
	// After is how long the store asked us to wait before the next attempt.
	After time.Duration
	// Alone asks the resolver to read this reference by itself: it failed as a
	// member of a batch, which says nothing about the reference.
	Alone bool
	// Refused marks a connection nobody accepted (a sidecar or node agent that
	// is not up yet): it is retried until the run's deadline.
	Refused bool
}

// Error implements error: the code, the message and the place.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Place != "" {
		b.WriteString(" (" + e.Place + ")")
	}
	return b.String()
}
