package main

import (
	"errors"
	"strings"
	"syscall"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/resolver"
)

// answers gives the outcome of every reference in the protocol's words. Those
// that were not looked up have the error of the whole run.
func (l *lookups) answers(found map[int]resolver.Outcome, whole *providers.Error) []protocol.Answer {
	answers := make([]protocol.Answer, len(l.sites))
	for i := range answers {
		a := &answers[i]
		if l.set != nil && l.refs[i].ID != "" {
			if store := l.store(l.refs[i].Store); store != nil {
				a.Provider = store.Settings.Provider
			}
		}
		out, ok := found[i]
		switch {
		case ok:
			a.Value = out.Value
			if !out.Defaulted {
				a.Source = sourceOf(l.refs[i].ID, out.Source)
			}
		case l.bad[i] != nil:
			a.Err = l.bad[i]
		case whole != nil:
			a.Err = whole
		default: // without this, a slip would become an empty value
			a.Err = &providers.Error{Code: providers.Internal, Message: "the reference has no answer"}
		}
	}
	return answers
}

// sourceOf names the secret that was read. A store that does not say calls it as
// it was asked.
func sourceOf(id string, s providers.Source) *protocol.Source {
	if s.Name == "" {
		s.Name = id
	}
	return &protocol.Source{Name: s.Name, Version: s.Version}
}

// blameDeadline corrects the hints of what ran out of time, when it was the
// asker's time and not that of --timeout.
func (l *lookups) blameDeadline() {
	for i, err := range l.bad {
		if err.Code == providers.Timeout {
			e := *err
			e.Hint = strings.ReplaceAll(e.Hint, "--timeout", "spec.deadlineMs")
			l.bad[i] = &e
		}
	}
}

// unsettled answers when the settings are wrong. References that are wrong in
// themselves say so; the others have this one error.
func (x *exchange) unsettled(l *lookups, err error) error {
	var f *failedError
	if !errors.As(err, &f) {
		return err
	}
	whole := joined(f.failures[:len(f.failures)-len(l.bad)])
	return x.answer(l.answers(nil, whole), whole, f.exit())
}

// joined is one error for several that concern the run as a whole.
func joined(failures []failure) *providers.Error {
	all := *failures[0].err
	for _, f := range failures[1:] {
		all.Message += "; " + f.err.Message
		if f.err.Hint != "" && !strings.Contains(all.Hint, f.err.Hint) {
			all.Hint = strings.TrimPrefix(all.Hint+"; "+f.err.Hint, "; ")
		}
		all.Retryable = all.Retryable && f.err.Retryable
	}
	return &all
}

func cancelled(sig syscall.Signal) *providers.Error {
	return &providers.Error{Code: providers.Cancelled, Message: "stopped by " + sig.String(), Retryable: true}
}
