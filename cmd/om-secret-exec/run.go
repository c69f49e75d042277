package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/providers"
)

// app is the program's connection to the outside. Commands take what they need
// from here, so that nothing below this package reads a global.
type app struct {
	stdin  *os.File
	stdout *os.File
	env    func(string) (string, bool)
	msg    *messages
	// output tells how far the result has come, for whoever ends the run.
	output progress
	// next is the command that this process is to become, if the run has one.
	next *successor
	// help is the error of printing a help page, which cobra does not hand on.
	help error
	// exchange is there when the command line asks for one, get --json.
	exchange *exchange
}

// result is how a command line ended.
type result struct {
	cmd *cobra.Command
	err error
}

// run carries out one command line and returns the exit code. It is the only
// place where an error becomes text and a number.
func run(args []string) int {
	ctx, release := notify(context.Background()) // first: until then SIGQUIT is Go's
	defer release()
	protectMemory()
	a := &app{stdin: os.Stdin, stdout: os.Stdout, env: os.LookupEnv}
	a.msg = newMessages(os.Stderr, a.env)
	a.exchange = newExchange(a, args)

	done := make(chan result, 1)
	go func() { done <- a.execute(ctx, args) }()
	// Most commands end by themselves after a signal, and clean up. One that is
	// stuck in reading or writing a pipe cannot be woken; nothing of it outlives us.
	r, ok := await(ctx, done)
	if !ok {
		return a.stopped(ctx)
	}
	return a.end(ctx, r, release)
}

// execute runs the command. A panic is a bug, with an exit code of its own; of
// its text nothing is shown, because it may quote anything.
func (a *app) execute(ctx context.Context, args []string) (r result) {
	root := newRoot(a)
	root.SetArgs(args)
	r.cmd = root
	defer func() {
		if p := recover(); p != nil {
			r.err = failed(bug(p))
		}
	}()
	r.cmd, r.err = root.ExecuteContextC(ctx)
	if r.err == nil {
		r.err = outputError(standardOutput, a.help)
	}
	return r
}

// end becomes the next command, if there is one, and reports otherwise.
func (a *app) end(ctx context.Context, r result, release func()) int {
	if r.err == nil && a.next != nil {
		code, err := a.become(ctx, a.next, release)
		if err == nil {
			return code
		}
		r.err = err
	}
	if r.err != nil && caught(ctx) != 0 {
		return a.stopped(ctx)
	}
	done := make(chan int, 1)
	go func() { done <- a.finish(r) }()
	code, ok := await(ctx, done)
	if !ok {
		return a.stopped(ctx)
	}
	return code
}

// stopped is the end by a signal. An exchange gets its response, if it has none.
// Whoever reads neither that nor the message is not waited for: it may be what
// the command is stuck in.
func (a *app) stopped(ctx context.Context) int {
	sig := caught(ctx)
	briefly(func() { _ = a.exchange.end(context.Cause(ctx)) })
	briefly(func() { a.msg.errorf("stopped by %s; %s", sig, a.output.text()) })
	return exitSignal + int(sig)
}

// finish prints what went wrong, if anything, and picks the exit code.
func (a *app) finish(r result) int {
	var usage *usageError
	var fail *failedError
	var coded *codedError
	var answered *answeredError
	r.err = a.exchange.end(r.err)
	switch {
	case r.err == nil:
		return exitOK
	case errors.As(r.err, &answered):
		return answered.code
	case errors.As(r.err, &fail):
		a.msg.failures(fail)
		return fail.exit()
	case errors.As(r.err, &coded):
		if coded.err != nil { // else the report says it all
			a.msg.errorf("%v", coded.err)
		}
		a.msg.hint(coded.hint)
		return coded.code
	case errors.As(r.err, &usage):
		a.msg.errorf("%v", usage.err)
		a.msg.hint(usage.hint)
	default: // cobra's own: a bad value or a missing one
		a.msg.errorf("%v", r.err)
	}
	a.msg.hint(fmt.Sprintf("see: %s --help", r.cmd.CommandPath()))
	return exitUsage
}

// usageError is a command line that cannot be carried out.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }

func usagef(hint, format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...), hint: hint}
}

// codedError is any other end with a documented exit code. Without an err,
// nothing is printed.
type codedError struct {
	err  error
	hint string
	code int
}

func (e *codedError) Error() string { return fmt.Sprintf("exit %d: %v", e.code, e.err) }
func (e *codedError) Unwrap() error { return e.err }

// bug is the error of a panic: where it happened, in names of functions.
func bug(p any) *providers.Error {
	return &providers.Error{
		Code:    providers.Internal,
		Message: fmt.Sprintf("unexpected %T in %s", p, whereItPanicked()),
		Hint:    "this is a bug in om-secret-exec: please report the line above and what you ran",
	}
}
