package main

import (
	"bytes"
	"context"
	"io/fs"
	"unicode/utf8"

	"golang.org/x/term"
)

// readValue reads standard input: all of it, or a line of a terminal, unseen.
func (a *app) readValue(ctx context.Context, what string) ([]byte, error) {
	switch {
	case a.hasInput():
		data, err := readAll(a.stdin)
		return data, inputError("<stdin>", err)
	case term.IsTerminal(int(a.stdin.Fd())):
		return a.prompt(ctx, what)
	}
	return nil, usagef("give the "+what+" on standard input", "standard input is not a pipe, a file or a terminal")
}

// hasInput tells whether standard input is a pipe or a file.
func (a *app) hasInput() bool {
	info, err := a.stdin.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&fs.ModeNamedPipe != 0)
}

// prompt asks for a line on the terminal. A signal ends it and leaves the
// terminal as it was: whoever ends the process cannot know that the terminal
// shows nothing of what is typed.
func (a *app) prompt(ctx context.Context, what string) ([]byte, error) {
	fd := int(a.stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, inputError("<stdin>", err)
	}
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	a.msg.ask(what + " (not shown): ")
	go func() {
		line, err := term.ReadPassword(fd)
		done <- answer{line, err}
	}()
	select {
	case got := <-done:
		a.msg.ask("\n")
		return got.line, inputError("<stdin>", got.err)
	case <-ctx.Done():
		_ = term.Restore(fd, before)
		return nil, context.Cause(ctx)
	}
}

// warnOfValue says what is likely a slip in a value about to be encrypted.
func (a *app) warnOfValue(value []byte) {
	switch {
	case len(value) == 0:
		a.msg.warn("the value is empty")
	case !utf8.Valid(value):
		a.msg.warn("the value is not UTF-8 text: OpenMetadata reads it as such")
	case bytes.HasSuffix(value, []byte("\n")):
		a.msg.warn("the value ends in a line break, which is a part of it")
		a.msg.hint("printf %s writes none, or use --trim-trailing-newline")
	}
}
