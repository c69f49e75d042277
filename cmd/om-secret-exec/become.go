package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"om-secret-exec/internal/delivery"
)

// document is a resolved document that is somewhere for the successor.
type document interface {
	Fill(data []byte) error
	Remove() error
}

// successor is the command that this process becomes when all else is done.
type successor struct {
	program string
	argv    []string
	env     []string

	document document     // what is handed over at a path, if anything
	inherit  func() error // makes it survive, right before the end
	stay     bool         // run the command as a child, and remove the document after it
}

// withdraw takes back what was made for a command that will not run.
func (s *successor) withdraw() {
	if s.document != nil {
		_ = s.document.Remove() // at most a link that leads nowhere is left
	}
}

// become ends this process by the command that takes its place; it returns only
// when that fails, or when the command was a child that has ended. Release stops
// the catching of signals: what comes after it is for the command, what came
// before keeps it from starting.
func (a *app) become(ctx context.Context, s *successor, release func()) (code int, err error) {
	if s.stay {
		return a.attend(ctx, s, release)
	}
	release()
	if caught(ctx) != 0 {
		s.withdraw()
		return 0, context.Cause(ctx)
	}
	if s.inherit != nil {
		err = s.inherit()
	}
	if err == nil {
		err = syscall.Exec(s.program, s.argv, s.env) //nolint:gosec // it is what we are for
	}
	s.withdraw()
	return 0, cannotRun(s.program, err)
}

// deliveryError says why a document cannot be handed over in memory.
func deliveryError(err error) error {
	const otherwise = "--file DIR hands the document over in a file, which is weaker: see \"exec\" in the documentation"
	coded := &codedError{err: fmt.Errorf("handing the document over: %w", err), code: exitCannotRun, hint: otherwise}
	var places *delivery.PlacesError
	if errors.As(err, &places) {
		coded.err = fmt.Errorf("no place for the link to the document: %w", err)
		coded.hint = "set TMPDIR to a directory that you can write to, and others cannot; or " + otherwise
	}
	switch {
	case errors.Is(err, delivery.ErrNoProc):
		coded.hint = "mount /proc; or " + otherwise
	case noDescriptors(err):
		coded.hint = descriptorsHint
	}
	return coded
}
