package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ sig syscall.Signal }

func (e *signalError) Error() string { return "stopped by " + e.sig.String() }

// notify returns a context that the first signal to end ends; one that comes
// later, when the process should be gone, kills it as if it were not caught. A
// SIGHUP that is ignored (nohup) stays so. SIGPIPE is received and dropped, so
// that writing to a closed pipe is an error we can report: it is not ignored,
// because an ignored signal would be inherited by children. SIGQUIT is caught as
// long as we live, because Go would print the stacks of all goroutines. The
// function that it returns ends the catching of the others: signals that come
// later act as they do by default, and [caught] knows of all that came before.
func notify(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGQUIT, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGQUIT, syscall.SIGPIPE)
	done := make(chan struct{})
	go func() {
		defer close(done)
		heed(signals, cancel, func() { signal.Stop(signals) })
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(signals) // nobody sends any more
		<-done
		cancel(nil)
	})
}

// heed ends a run by the first of signals. Those of the next moment are dropped,
// because they are the same wish: timeout(1) sends its signal to its child and
// then to the whole group. After that it calls stop.
func heed(signals <-chan os.Signal, end func(error), stop func()) {
	sig, ok := (<-signals).(syscall.Signal)
	if !ok { // closed: none came
		return
	}
	end(&signalError{sig})
	moment := time.After(grace)
	for {
		select {
		case _, open := <-signals:
			if !open {
				return
			}
		case <-moment:
			stop()
			return
		}
	}
}

// grace is how long something may take to end after a signal.
const grace = 500 * time.Millisecond

// await waits for something to end, but after a signal for no longer than grace;
// ok tells whether it did.
func await[T any](ctx context.Context, ended <-chan T) (v T, ok bool) {
	select {
	case v = <-ended:
		return v, true
	case <-ctx.Done():
	}
	if caught(ctx) == 0 { // the catching has ended
		return <-ended, true
	}
	select {
	case v = <-ended:
		return v, true
	case <-time.After(grace):
		return v, false
	}
}

// briefly gives f the time to write something, and no more than grace: whoever
// should read it may not.
func briefly(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(grace):
	}
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
	cancelSaid // written, and it says itself that the run was stopped
)

func (p *progress) text() string {
	switch p.state.Load() {
	case writing:
		return "the output is incomplete"
	case written:
		return "the output was complete"
	case cancelSaid:
		return "the response says so"
	}
	return "nothing was written"
}
