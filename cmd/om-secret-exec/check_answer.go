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
	if class := classOf(err); class == exitBug || class == exitUsage && code != unknowable {
		if c.asking.once(err.Error()) {
			c.failures = append(c.failures, failure{store: l.refs[i].Store, err: err})
		}
		return nil
	}
	rule, _ := check.RuleOf(code)
	return []check.Finding{{
		Rule: rule, Pos: at.Pos, Path: at.Path, Message: answerText(l, i, code, err), Fix: err.Hint,
		Retry: classOf(err) == exitRetry,
	}}
}

// The rules for what stores answer.
const (
	absent     = "OMS501"
	refused    = "OMS502"
	unasked    = "OMS503"
	unknowable = "OMS504"
	unfit      = "OMS505"
	doubtful   = "OMS506"
)

// doubt makes a finding of a warning about a value that was read.
func doubt(l *lookups, i int, at workflow.Scalar, source providers.Source, warning string) check.Finding {
	rule, _ := check.RuleOf(doubtful)
	facts := l.shown(i)
	if place := storeText(failure{store: l.refs[i].Store, err: source.Locate(&providers.Error{})}); place != "" {
		facts += "; " + place
	}
	return check.Finding{
		Rule: rule, Pos: at.Pos, Path: at.Path, Message: warning + " (" + facts + ")",
		Fix: "mend the secret in the store; if the value is meant, ignore the code here",
	}
}

// onlineCode is the rule for an answer.
func (c *checker) onlineCode(err *providers.Error) string {
	metadata := c.opts.online == exists
	switch err.Code {
	case providers.NotFound, providers.FieldNotFound, providers.VersionNotFound, providers.Disabled:
		return absent
	case providers.PermissionDenied:
		if metadata {
			return unknowable
		}
		return refused
	case providers.Unauthenticated, providers.Policy:
		return refused
	case providers.InvalidRef, providers.BadValue, providers.NotUTF8, providers.TooLarge, providers.Decrypt:
		return unfit
	case providers.UnsupportedProvider:
		if metadata {
			return unknowable
		}
		return unasked
	default:
		return unasked
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
	case code == unknowable:
		text = "not checkable without read: " + text
	}
	return text + " (" + strings.Join(facts, "; ") + ")"
}
