package azurekv

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	// absentName is a secret that no vault has. Who may read secrets of the
	// whole vault hears that it is absent, all others that they may not.
	absentName = "om-secret-exec-doctor-absent"
	// maxSkew is how wrong a clock may be before tokens seem to have expired.
	maxSkew = 5 * time.Minute
)

func (s *store) clock() time.Time {
	if s.now != nil {
		return s.now()
	}
	return time.Now()
}

// Examine implements [providers.Examiner]. It reads the name of a secret that is
// not there, which tells who we are and whether we might read one that is.
func (s *store) Examine(ctx context.Context) []providers.Fact {
	result, t := s.read(ctx, providers.Ref{ID: absentName})
	refused := result.Err != nil && t.login != nil &&
		slices.Contains([]providers.Code{providers.Unauthenticated, providers.Config, providers.Policy}, result.Err.Code)
	facts := []providers.Fact{s.reached(result.Err, refused)}
	if fact := s.asked(result.Err, refused); fact.Text != "" {
		facts = append(facts, fact)
	}
	if at, err := http.ParseTime(t.answer.header.Get("Date")); err == nil {
		facts = append(facts, s.skew(at))
	}
	return append(facts, permission(result.Err)...)
}

// asked tells who asks, and whether the vault has heard of them. refused is a
// login that was answered with no.
func (s *store) asked(err *providers.Error, refused bool) providers.Fact {
	f := providers.Fact{Name: "identity", Status: providers.OK, Text: s.login.identity()}
	switch {
	case refused:
		f.Status, f.Hint = providers.Fail, err.Hint
		f.Text = strings.TrimPrefix(f.Text+": "+err.Message, ": ")
	case err != nil && meetsEveryone(err.Code):
		f.Status = providers.Unknown
	}
	return f
}

// reached tells whether vault and token service answer.
func (s *store) reached(err *providers.Error, refused bool) providers.Fact {
	f := providers.Fact{Name: "endpoint", Status: providers.OK, Text: s.place.host + " answers"}
	if err != nil && !refused && meetsEveryone(err.Code) {
		f.Status, f.Text, f.Hint = providers.Fail, err.Place+": "+err.Message, err.Hint
	}
	return f
}

// skew compares this machine's clock with the service's.
func (s *store) skew(theirs time.Time) providers.Fact {
	return rest.Clock{Warn: maxSkew, Hint: "tokens seem to have expired otherwise, or not to be valid yet"}.Fact(s.clock().Sub(theirs))
}

// permission tells what the answer about an absent secret means.
func permission(err *providers.Error) []providers.Fact {
	f := providers.Fact{Name: "permission"}
	switch {
	case err == nil:
		return nil
	case err.Code == providers.NotFound || err.Code == providers.Disabled:
		f.Status, f.Text = providers.OK, "may read the secrets of the vault"
	case err.Code == providers.PermissionDenied:
		f.Status, f.Text = providers.Unknown, "may not read every secret of the vault; single ones cannot be told without reading them"
		f.Hint = "to be sure, read one that is allowed: om-secret-exec get NAME >/dev/null"
	default:
		return nil
	}
	return []providers.Fact{f}
}
