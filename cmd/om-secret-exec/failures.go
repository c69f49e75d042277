package main

import (
	"regexp"
	"strings"

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
	// accepted are the stores that answered at least one look-up, be it that
	// there is no such secret: their refusals concern single secrets.
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

// optionText matches the options of a reference, name and value.
var optionText = regexp.MustCompile(`[?&][^=&#]*=[^&#]*`)

// withoutDefault is a reference as messages may show it: the text of a default=
// may be a password, and so may that of a misspelt one.
func withoutDefault(ref string) string {
	return optionText.ReplaceAllStringFunc(ref, func(option string) string {
		name, _, _ := strings.Cut(option, "=")
		if name[1:] == "version" || name[1:] == "store" {
			return option
		}
		return name + "=..."
	})
}
