package main

import (
	"context"
	"errors"
	"time"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

// timely gives what f gives, or an error when ctx ends before. It is for what
// reads files: one may be a pipe that nobody writes to, or on a server that is
// gone, and nothing interrupts that. Such an f is left behind, and must not write
// to what others see. One that is only late is let finish: time that was used up
// elsewhere is not to be blamed on it.
func timely[T any](ctx context.Context, doing string, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err = bug(p)
			}
			done <- a
		}()
		a.value, a.err = f()
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	if outOfTime(ctx) {
		select {
		case a := <-done:
			return a.value, a.err
		case <-time.After(grace):
		}
	}
	return *new(T), untimely(ctx, doing)
}

func outOfTime(ctx context.Context) bool { return errors.Is(ctx.Err(), context.DeadlineExceeded) }

func untimely(ctx context.Context, doing string) *providers.Error {
	if !outOfTime(ctx) {
		return &providers.Error{Code: providers.Cancelled, Message: doing + ": stopped before it was done", Retryable: true}
	}
	return &providers.Error{
		Code: providers.Timeout, Message: doing + ": not done in the run's time", Retryable: true,
		Hint: "a file that it reads does not answer: look for a pipe, or a network's file system, among those that settings name",
	}
}

// within gives ctx the end of the run's time.
func (l *lookups) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, l.start.Add(l.timeout))
}

// readSettings finds the settings; those that could be settled are there beside an
// error, unless it is that time was up.
func (l *lookups) readSettings(ctx context.Context, doc *settings.Document) (*settings.Effective, error) {
	ctx, cancel := l.within(ctx)
	defer cancel()
	in := l.inputs(doc)
	return timely(ctx, "reading the settings", func() (*settings.Effective, error) { return settings.Resolve(in) })
}

// keys reads the Fernet keys.
func (l *lookups) keys(ctx context.Context) (*fernet.Keyring, error) {
	ctx, cancel := l.within(ctx)
	defer cancel()
	env := l.app.env
	return timely(ctx, "reading the Fernet keys", func() (*fernet.Keyring, error) { return fernet.FromEnv(env, nil) })
}

// openNow makes the client of a store.
func openNow(ctx context.Context, s *settings.StoreSettings) (providers.Store, error) {
	return timely(ctx, "opening the store", func() (providers.Store, error) { return s.Open(ctx) })
}
