// Package providers is the contract between the program and the stores that
// hold secrets. It is a leaf: it imports the standard library only, and every
// store lives in a folder of its own below it.
//
// A store does exactly two things. It plans how to read a set of references in
// as few requests as its service allows ([Store.Plan]), and it carries out one
// of those requests ([Store.Read]). Retries, parallelism, deadlines, the choice
// of a field and the fate of a failed batch belong to internal/resolver, so
// that no store can get them subtly different from another.
package providers

import (
	"context"
	"fmt"
	"log/slog"
)

// Ref names one secret in one store. It is comparable, so that a reference that
// occurs many times in a document is read once. Fields and options of the
// written reference are not part of it: they choose from a secret that has been
// read.
type Ref struct {
	// ID is the secret's id, verbatim as the document has it after decoding.
	ID string
	// Version pins one version; empty means the store's current one.
	Version string
}

// Source says what was really read: the name the store gave back, and the
// version when it told one.
type Source struct {
	Name    string
	Version string
	// Note is something that the user should be warned of about how the secret
	// was found, such as another name than the one asked for; usually empty.
	Note string
	// Place, Identity and RequestID are those of [Error], for failures that are
	// found only in what the store gave: a field that is not there, a value
	// that is no text.
	Place, Identity, RequestID string
}

// Locate completes an error about a secret that was read with where it was read
// from. Facts that the error has already are kept.
func (s Source) Locate(e *Error) *Error {
	if e == nil || e.Place != "" {
		return e
	}
	located := *e
	located.Place, located.Identity, located.RequestID = s.Place, s.Identity, s.RequestID
	return &located
}

// Secret is what a store answered. It prints, logs and marshals as a redacted
// placeholder: a value leaves this type only where code names Value or Fields.
type Secret struct {
	// Value is the secret as bytes. It is nil when the store's entries have
	// named fields only and no default field was present.
	Value []byte
	// Fields are the named parts of an entry, for stores whose entries have
	// such (Kubernetes data keys, KV fields); nil elsewhere.
	Fields map[string][]byte
	Source Source
}

const redacted = "[redacted]"

// String implements [fmt.Stringer] without the value.
func (Secret) String() string { return redacted }

// GoString implements [fmt.GoStringer] without the value.
func (Secret) GoString() string { return redacted }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON, without
// the value.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer] without the value.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Result is the answer for one reference: a secret, or an error.
type Result struct {
	Secret Secret
	Err    *Error
}

// Store reads secrets from one configured place with one identity. Both methods
// are safe for concurrent use.
type Store interface {
	// Plan groups distinct references into requests: each group is read by one
	// call of Read, and every reference is in exactly one group. It is pure: no
	// I/O, the same answer for the same input.
	Plan(refs []Ref) [][]Ref
	// Read makes the one request that a group of Plan stands for (and a login
	// before it, where the store has such), and answers with one Result per
	// reference, in order. It does not retry, start goroutines or outlive ctx.
	// A batch that was refused as a whole, or an item that a batch could not
	// give, comes back as an Error whose Alone is set: the caller then reads
	// that reference by itself, as a group of one.
	Read(ctx context.Context, group []Ref) []Result
}

// Singles is the Plan of a store without batches: one request per reference.
func Singles(refs []Ref) [][]Ref {
	groups := make([][]Ref, len(refs))
	for i, ref := range refs {
		groups[i] = []Ref{ref}
	}
	return groups
}

// Kind describes one sort of store: the provider names it answers to, the
// settings it knows, and how to open it.
type Kind struct {
	// Names are the values of secretsManagerProvider that mean this store. The
	// first is the one used in messages.
	Names []string
	// Title is the store's own name for people, such as "AWS Secrets Manager".
	Title string
	// Keys are the settings of the store; see [Key].
	Keys []Key
	// Variables are those that, besides those of Keys, the store or its SDK
	// takes credentials from: a command that is to know nothing of the store
	// must not get them.
	Variables []string
	// CheckID tells whether the store could hold a secret of this id at all,
	// without asking it. A nil CheckID accepts every id.
	CheckID func(id string) error
	// Warnings are dangers that lie in the settings themselves, said aloud
	// whenever the store is opened; nil when there are none to look for.
	Warnings func(s Settings) []string
	// Open makes the store's client. It does no network I/O; a setting that
	// cannot work is an *Error with code CONFIG. Open is nil for a provider
	// whose settings are known but which this build cannot read.
	Open func(ctx context.Context, s Settings) (Store, error)
}

// Examiner is implemented by stores that can tell more about themselves than
// whether a read works. It is what doctor asks; a store without it has only its
// settings shown.
type Examiner interface {
	// Examine finds facts about the store as it is configured: the identity,
	// whether the service is reachable, its clock, and permissions as far as
	// they can be told without reading a secret. It reads no secret, lists
	// nothing, and makes few calls. A call that fails is a Fact, too.
	Examine(ctx context.Context) []Fact
}

// Fact is one line of doctor.
type Fact struct {
	// Name says what it is about: "identity", "endpoint", "clock", "permission".
	Name string
	// Status is how good it is.
	Status Status
	// Text is what was found, for people: lower case, no full stop, no value.
	Text string
	// Hint is what mends it; empty when nothing is wrong.
	Hint string
}

// Status grades a [Fact].
type Status string

// The grades. Unknown is for what cannot be told without reading a secret.
const (
	OK      Status = "ok"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Unknown Status = "unknown"
)

// Prober is implemented by stores whose service can tell that a secret is there
// without giving it away. It is what check asks; of a store without it, nothing
// can be told without reading.
type Prober interface {
	// Probe makes one request (and a login before it) that gives no value. Nil
	// means that the secret and the version are there and not disabled, as far
	// as the service tells. NOT_FOUND, VERSION_NOT_FOUND and DISABLED are
	// answers about the secret. PERMISSION_DENIED concerns the question only:
	// reading may be allowed where asking for metadata is not.
	// UNSUPPORTED_PROVIDER means that there is no such question where the store
	// is set to look, so that nothing can be told without reading. As Store.Read
	// it does not retry, start goroutines or outlive ctx, and is safe for
	// concurrent use.
	Probe(ctx context.Context, ref Ref) *Error
}
