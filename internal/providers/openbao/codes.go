package openbao

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"om-secret-exec/internal/providers"
)

// verdict is what an answer means: a code, our own words, and what to do.
type verdict struct {
	code          providers.Code
	message, hint string
	retryable     bool
}

func (v verdict) error(a answer, place, identity string) *providers.Error {
	e := &providers.Error{
		Code: v.code, Message: v.message, Hint: v.hint, Retryable: v.retryable,
		Place: place, Identity: identity, Status: a.status, After: a.after,
	}
	if isWord(a.RequestID) {
		e.RequestID = a.RequestID
	}
	return e
}

func (q question) error(v verdict, a answer) *providers.Error {
	return v.error(a, q.place, q.grant.identity)
}

// explain turns an answer that is no entry into our error. Of the server's text
// nothing is kept; it is looked at for a few fixed phrases.
func (q question) explain(ctx context.Context, a answer) *providers.Error {
	if v, ok := q.common(a); ok {
		return q.error(v, a)
	}
	switch {
	case a.status == http.StatusNotFound && a.readable:
		return q.absent(ctx, a)
	case refused(a) && unknownToken(a):
		return q.error(q.badToken(), a)
	case refused(a):
		return q.error(q.denied(), a)
	case a.status == http.StatusBadRequest && a.readable:
		return q.error(verdict{
			code: providers.InvalidRef, message: fmt.Sprintf("the server refuses %q as malformed", q.path()),
			hint: "check the characters of the id, and the version",
		}, a)
	}
	return q.error(q.foreign(a), a)
}

func (q question) denied() verdict {
	v := verdict{
		code: providers.PermissionDenied, message: fmt.Sprintf("reading %q is not allowed", q.path()),
		hint: fmt.Sprintf(`add to a policy of the token: path %q { capabilities = ["read"] }; a misspelt id, mount, namespace or %s is refused like this, too`, q.path(), keyKV),
	}
	if q.probe {
		v.hint += "; reading the entry does not need it"
	}
	return v
}

// absent tells the kinds of 404 apart.
func (q question) absent(ctx context.Context, a answer) *providers.Error {
	var e entry
	switch {
	case says(a, "namespace not found"):
		return q.error(noNamespace(), a)
	case len(a.Errors) > 0:
		return q.error(verdict{
			code: providers.Config, message: fmt.Sprintf("no engine is mounted at %q", q.mount),
			hint: "check " + keyMount + " and " + keyNamespace + " (" + q.product.command + " secrets list)",
		}, a)
	case q.grant.kv == "1" && len(a.Warnings) > 0:
		return q.error(verdict{
			code: providers.Config, message: fmt.Sprintf("the engine at %q is version 2", q.mount),
			hint: "set " + keyKV + " to 2 or auto",
		}, a)
	case json.Unmarshal(a.Data, &e) == nil && e.Metadata != nil:
		return q.error(q.gone(*e.Metadata), a)
	case q.version() != "":
		return q.noVersion(ctx, a)
	}
	return q.error(q.notFound(), a)
}

// gone is for a version that has no data any more.
func (q question) gone(m metadata) verdict {
	version := strconv.Itoa(m.Version)
	if m.Destroyed {
		return verdict{
			code: providers.VersionNotFound, message: "version " + version + " of the entry was destroyed",
			hint: "name an older version with ?version=, or write the entry again: " + q.command("kv put -mount="+q.mount, "value=-"),
		}
	}
	return verdict{
		code: providers.Disabled, message: "version " + version + " of the entry was deleted and can be restored",
		hint: q.command("kv undelete -mount="+q.mount+" -versions="+version, ""),
	}
}

// noVersion finds out whether the version or the whole entry is missing, by
// asking for the current version, which needs no other permission.
func (q question) noVersion(ctx context.Context, a answer) *providers.Error {
	current, err := q.ask(ctx, "")
	var e entry
	if err != nil || json.Unmarshal(current.Data, &e) != nil || e.Metadata == nil {
		return q.error(q.notFound(), a)
	}
	return q.error(q.unknownVersion(e.Metadata.Version), a)
}

func (q question) unknownVersion(last int) verdict {
	return verdict{
		code: providers.VersionNotFound, message: fmt.Sprintf("the entry has no version %s, its last is %d", q.ref.Version, last),
		hint: "the oldest versions go when there are more than max_versions: " + q.command("kv metadata get -mount="+q.mount, ""),
	}
}

func (q question) notFound() verdict {
	v := verdict{code: providers.NotFound, message: fmt.Sprintf("there is no entry %q", entryPath(q.ref.ID))}
	first, _, _ := strings.Cut(entryPath(q.ref.ID), "/")
	switch {
	case first == q.mount:
		v.hint = fmt.Sprintf("ids are paths below the mount: leave %q out", first+"/")
	case first == "data" && q.grant.kv == "2":
		v.hint = `ids are paths below the mount, without the "data/" of the API: leave it out`
	case q.grant.kv == "2":
		v.hint = "check the id, " + keyMount + ", and that " + keyKV + " is the engine's (1, 2, or auto): " + q.command("kv get -mount="+q.mount, "")
	default:
		v.hint = "check the id and " + keyMount + ": " + q.command("kv get -mount="+q.mount, "")
	}
	return v
}

// command is one of the server's own commands for the entry.
func (q question) command(verb, rest string) string {
	text := q.product.command + " " + verb + " " + quote(entryPath(q.ref.ID))
	if rest != "" {
		text += " " + rest
	}
	return text
}

// quote makes a word for a shell, plain where it can be.
func quote(s string) string {
	if isWord(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// refused tells whether the server refuses the token, for everything or for this.
func refused(a answer) bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}

// unknownToken tells a token that the server does not know from one that may not
// do this. Both are 403: the first is "permission denied" alone, and in newer
// releases "invalid token" besides, the second a list of one.
func unknownToken(a answer) bool {
	return a.status == http.StatusUnauthorized || says(a, "invalid token") || says(a, "bad token") ||
		len(a.Errors) == 1 && a.Errors[0] == "permission denied"
}

// says looks for a phrase in the server's errors.
func says(a answer, phrase string) bool {
	for _, text := range a.Errors {
		if strings.Contains(strings.ToLower(text), phrase) {
			return true
		}
	}
	return false
}

func (s *store) badToken() verdict {
	return verdict{
		code: providers.Unauthenticated, message: "the server does not know the token",
		hint: "it may be mistyped, expired, revoked or of another namespace: " + s.product.command + " token lookup",
	}
}

func noNamespace() verdict {
	return verdict{
		code: providers.Config, message: "the namespace does not exist",
		hint: "check " + keyNamespace + " (`namespace list` in the one above it shows what there is)",
	}
}
