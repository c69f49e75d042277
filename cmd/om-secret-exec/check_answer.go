package main

import (
	"strings"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/workflow"
)

// answer makes a finding of what a store said, or a failure of the run of what
// no mending of the document helps.
func (c *checker) answer(l *lookups, i int, at workflow.Scalar, err *providers.Error) []check.Finding {
	code := c.onlineCode(err)
	if class := classOf(err); class == exitBug || class == exitUsage && code != check.Unknowable {
		if c.asking.once(err.Error()) {
			c.failures = append(c.failures, failure{store: l.refs[i].Store, err: err})
		}
		return nil
	}
	f := check.New(code, at.Pos, at.Path, answerText(l, i, code, err), err.Hint)
	f.Retry = classOf(err) == exitRetry
	return []check.Finding{f}
}

// doubt makes a finding of a warning about a value that was read.
func doubt(l *lookups, i int, at workflow.Scalar, source providers.Source, warning string) check.Finding {
	facts := l.shown(i)
	if place := storeText(failure{store: l.refs[i].Store, err: source.Locate(&providers.Error{})}); place != "" {
		facts += "; " + place
	}
	return check.New(check.Doubtful, at.Pos, at.Path, warning+" ("+facts+")",
		"mend the secret in the store; if the value is meant, ignore the code here")
}

// onlineCode is the rule for an answer.
func (c *checker) onlineCode(err *providers.Error) string {
	denied, silent := err.Code == providers.PermissionDenied, err.Code == providers.UnsupportedProvider
	if c.opts.online == exists && (denied || silent) { // reading may be possible
		return check.Unknowable
	}
	switch err.Code {
	case providers.NotFound, providers.FieldNotFound, providers.VersionNotFound, providers.Disabled:
		return check.Absent
	case providers.PermissionDenied, providers.Unauthenticated, providers.Policy:
		return check.Refused
	case providers.InvalidRef, providers.BadValue, providers.NotUTF8, providers.TooLarge, providers.Decrypt:
		return check.Unfit
	default:
		return check.Unasked
	}
}

// answerText says what the store said, of which reference, and who asked.
func answerText(l *lookups, i int, code string, err *providers.Error) string {
	facts := []string{l.shown(i)}
	if place := storeText(failure{store: l.refs[i].Store, err: err}); place != "" {
		facts = append(facts, place)
	}
	if err.Identity != "" {
		facts = append(facts, "as "+err.Identity)
	}
	if request := requestText(err); request != "" {
		facts = append(facts, "request "+request)
	}
	text := string(err.Code) + ": " + err.Message
	switch {
	case err.Code == providers.UnsupportedProvider: // no error: there is no such question
		text = "not checkable without read: " + err.Message
	case code == check.Unknowable:
		text = "not checkable without read: " + text
	}
	return text + " (" + strings.Join(facts, "; ") + ")"
}
