package main

import (
	"errors"
	"fmt"

	"om-secret-exec/internal/providers"
)

// failure is one thing that went wrong, with the place in the document where a
// person can mend it.
type failure struct {
	where string // file:line:column as written; empty outside a document
	path  string // YAML path of the scalar
	ref   string // the reference as written, a default's text left out
	store string // name of the named store, empty for the main one
	err   *providers.Error
}

// failedError is a run that gave nothing, with every reason at once.
type failedError struct {
	failures []failure
	// total is how many references the document has; 0 outside a document.
	total int
	// noun is what they are counted as; references if empty.
	noun string
	// undone is what did not happen because of them; nothing was written if empty.
	undone string
	// accepted are the stores that did not refuse every look-up: their refusals
	// concern single secrets.
	accepted map[string]bool
}

func (e *failedError) Error() string { return e.failures[0].err.Error() }

// exit picks one code for the whole run: the class that comes first in
// precedence.
func (e *failedError) exit() int {
	code := e.class(e.failures[0])
	for _, f := range e.failures[1:] {
		if c := e.class(f); precedence(c) < precedence(code) {
			code = c
		}
	}
	return code
}

func (e *failedError) class(f failure) int {
	if refusal(f.err.Code) && !e.accepted[f.store] {
		return exitRefused
	}
	return classOf(f.err)
}

// failed makes the error of a single failure outside a document.
func failed(err *providers.Error) *failedError {
	return &failedError{failures: []failure{{err: err}}}
}

// settingsError lists everything that is wrong with the settings.
func settingsError(err error) *failedError {
	f := &failedError{}
	seen := map[string]bool{}
	for _, e := range flatten(err) {
		one := asError(e)
		if text := one.Error(); !seen[text] {
			seen[text] = true
			f.failures = append(f.failures, failure{err: one})
		}
	}
	return f
}

// flatten takes the errors of errors.Join apart.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flatten(e)...)
	}
	return list
}

// asError unwraps the *providers.Error in err; any other error is a bug whose
// text may not be shown, because nobody has vouched for it.
func asError(err error) *providers.Error {
	var e *providers.Error
	if errors.As(err, &e) {
		return e
	}
	return &providers.Error{Code: providers.Internal, Message: fmt.Sprintf("unexpected %T", err)}
}
