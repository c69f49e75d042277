package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// app is the program's connection to the outside. Commands take what they need
// from here, so that nothing below this package reads a global.
type app struct {
	stdin  *os.File
	stdout *os.File
	env    func(string) (string, bool)
	msg    *messages
}

// run carries out one command line and returns the exit code. It is the only
// place where an error becomes text and a number.
func run(args []string) int {
	a := &app{stdin: os.Stdin, stdout: os.Stdout, env: os.LookupEnv}
	a.msg = newMessages(os.Stderr, a.env)
	ctx, stop := notify(context.Background())
	defer stop()

	root := newRoot(a)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if sig := caught(ctx); sig != 0 {
		a.msg.errorf("stopped by %s; nothing was written", sig)
		return exitSignal + int(sig)
	}
	return a.finish(cmd, err)
}

// finish prints what went wrong, if anything, and picks the exit code.
func (a *app) finish(cmd *cobra.Command, err error) int {
	var usage *usageError
	var failed *failedError
	var coded *codedError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &failed):
		a.msg.failures(failed)
		return failed.exit()
	case errors.As(err, &coded):
		a.msg.errorf("%v", coded.err)
		a.msg.hint(coded.hint)
		return coded.code
	case errors.As(err, &usage):
		a.msg.errorf("%v", usage.err)
		a.msg.hint(usage.hint)
	default: // cobra's own: unknown command, missing argument, bad flag
		a.msg.errorf("%v", err)
	}
	a.msg.hint(fmt.Sprintf("see: %s --help", cmd.CommandPath()))
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

// codedError is any other end with a documented exit code.
type codedError struct {
	err  error
	hint string
	code int
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// signalError is the cause of a context that a signal ended.
type signalError struct{ sig syscall.Signal }

func (e *signalError) Error() string { return "stopped by " + e.sig.String() }

// notify returns a context that the first SIGINT, SIGTERM or SIGHUP ends; a
// second one kills the process as if it were not caught. SIGPIPE is received
// and dropped, so that writing to a closed pipe is an error we can report: it
// is not ignored, because an ignored signal would be inherited by children.
func notify(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			if sig, ok := s.(syscall.Signal); ok {
				cancel(&signalError{sig})
			}
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// caught returns the signal that ended ctx, or 0.
func caught(ctx context.Context) syscall.Signal {
	var s *signalError
	if errors.As(context.Cause(ctx), &s) {
		return s.sig
	}
	return 0
}
