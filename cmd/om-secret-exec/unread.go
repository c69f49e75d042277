package main

import (
	"context"
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// errUnread is the cause of a context that untilUnread ended.
var errUnread = errors.New("nobody reads standard output")

// untilUnread returns a context that also ends when standard output is a pipe or
// socket whose reader has gone: a program that was killed while we worked for it,
// which cannot tell us. For commands whose result goes to standard output only.
func (a *app) untilUnread(parent context.Context) context.Context {
	info, err := a.stdout.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return parent
	}
	ctx, cancel := context.WithCancelCause(parent)
	go func() { // it ends with the process at the latest
		if lost(int(a.stdout.Fd())) {
			cancel(errUnread)
		}
	}()
	return ctx
}

// lost waits until the other end of a pipe is closed. Without an event to ask
// for, nothing else wakes poll.
func lost(fd int) bool {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd)}}, -1) //nolint:gosec // a descriptor fits
		if !errors.Is(err, unix.EINTR) {
			return err == nil && n == 1
		}
	}
}

// orUnread gives the error of a run in ctx: that nobody reads the output, if that
// is what ended it.
func orUnread(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errUnread) {
		return outputError("standard output", syscall.EPIPE)
	}
	return err
}
