package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ sig syscall.Signal }

func (e *signalError) Error() string { return "stopped by " + e.sig.String() }

// notify returns a context that the first signal to end ends; a second one kills
// the process as if it were not caught. A SIGHUP that is ignored (nohup) stays
// so. SIGQUIT is among them because Go would print the stacks of all
// goroutines. SIGPIPE is received and dropped, so that writing to a closed pipe
// is an error we can report: it is not ignored, because an ignored signal would
// be inherited by children. The function that it returns ends the catching:
// signals that come later act as they do by default, and [caught] knows of all
// that came before.
func notify(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s := <-signals
		signal.Stop(signals)
		if sig, ok := s.(syscall.Signal); ok {
			cancel(&signalError{sig})
		}
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(signals) // nobody sends any more
		<-done
		cancel(nil)
	})
}

// caught returns the signal that ended ctx, or 0.
func caught(ctx context.Context) syscall.Signal {
	var s *signalError
	if errors.As(context.Cause(ctx), &s) {
		return s.sig
	}
	return 0
}

// progress is how far the output has come.
type progress struct{ state atomic.Int32 }

// The states of progress, in order.
const (
	notWritten int32 = iota
	writing
	written
)

func (p *progress) text() string {
	switch p.state.Load() {
	case writing:
		return "the output is incomplete"
	case written:
		return "the output was complete"
	}
	return "nothing was written"
}
