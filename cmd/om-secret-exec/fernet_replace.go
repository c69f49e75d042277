package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"om-secret-exec/internal/delivery"
	"om-secret-exec/internal/providers"
)

// replacing is what has become of files that are to be written in place.
type replacing struct {
	ready []*delivery.Replacement
	names []string
	failedError
}

func (r *replacing) add(name string, err error) {
	var one *failedError
	if errors.As(replaceError(name, err), &one) {
		r.failures = append(r.failures, one.failures...)
	}
}

// replace writes the files whose text changed: all are prepared before the first
// is put in place.
func (a *app) replace(ctx context.Context, texts []*rotated) error {
	r := &replacing{}
	for _, t := range texts {
		if t.Rotated == 0 {
			continue // the file is not touched
		}
		one, err := delivery.Replace(t.name, t.info, t.Text)
		if err != nil {
			r.add(t.name, err)
			continue
		}
		r.ready, r.names = append(r.ready, one), append(r.names, t.name)
	}
	if len(r.failures) > 0 || ctx.Err() != nil {
		return r.discard(ctx)
	}
	a.output.state.Store(writing)
	for i, one := range r.ready {
		r.add(r.names[i], one.Commit())
	}
	if done := len(r.ready) - len(r.failures); done < len(r.ready) {
		if done > 0 {
			a.msg.note(fmt.Sprintf("%d of %d files were written; rotating again does the rest", done, len(r.ready)))
		}
		return &r.failedError
	}
	a.output.state.Store(written)
	return nil
}

// discard leaves every file as it is.
func (r *replacing) discard(ctx context.Context) error {
	for i, one := range r.ready {
		r.add(r.names[i], one.Discard())
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &r.failedError
}

func replaceError(name string, err error) error {
	if err == nil {
		return nil
	}
	return failed(&providers.Error{
		Code: providers.Output, Message: fmt.Sprintf("writing %s: %v", name, err), Hint: replaceHint(err),
	})
}

func replaceHint(err error) string {
	switch {
	case errors.Is(err, delivery.ErrSymlink):
		return "name the file itself: whoever can place a link would choose what is written"
	case errors.Is(err, delivery.ErrNotRegular):
		return "name the files that a directory holds; for a pipe leave --in-place away: om-secret-exec fernet rotate < FILE"
	case errors.Is(err, delivery.ErrLinked):
		return "leave --in-place away, and write the result where it belongs: the other names would keep the old values"
	case errors.Is(err, delivery.ErrChanged), errors.Is(err, delivery.ErrBusy):
		return "run it again when nobody else writes the file"
	case errors.Is(err, syscall.EPERM):
		return "run as the file's owner: its owner and mode could not be kept"
	case errors.Is(err, fs.ErrPermission):
		return "run as a user who may write in the file's directory"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return "make room beside the file: a second copy is written before the first goes"
	case errors.Is(err, syscall.EBUSY):
		return "the file is a mount of its own: rotate the one that is mounted"
	}
	return ""
}
