package gcp

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// Examine implements [providers.Examiner]. It logs in, and asks the service for
// its front page: any answer shows that it can be reached, and tells its clock.
func (s *store) Examine(ctx context.Context) []providers.Fact {
	facts := []providers.Fact{s.factCredential(), s.factIdentity(ctx), s.factProject()}
	if s.where.universe == "" && s.where.endpoint == nil {
		return facts // the metadata server did not tell which cloud this is
	}
	return append(facts, s.factsOfService(ctx)...)
}

func (s *store) factCredential() providers.Fact {
	f := providers.Fact{Name: "credential", Status: providers.OK}
	switch {
	case s.meta == nil:
		f.Text = "file " + s.cred.path + " (" + s.cred.source + "), type " + s.cred.kind
	case s.meta.expected:
		f.Text = "metadata server, host " + s.meta.host
	default:
		f.Text = "metadata server, for no file is set"
	}
	if s.cred.target != "" {
		f.Text += ", impersonating " + s.cred.target
	}
	return f
}

func (s *store) factIdentity(ctx context.Context) providers.Fact {
	if _, _, err := s.tokens.get(ctx); err != nil {
		text := "no access token: " + err.Message
		if err.Place != "" {
			text += " (" + err.Place + ")"
		}
		if who := s.cred.who(); who != "" {
			text = who + ", " + text
		}
		return providers.Fact{Name: "identity", Status: providers.Fail, Text: text, Hint: err.Hint}
	}
	return providers.Fact{Name: "identity", Status: providers.OK, Text: cmp.Or(s.who(), "unknown account") + ": an access token was given"}
}

func (s *store) factProject() providers.Fact {
	r, err := s.where.complete(resource{})
	if err != nil {
		return providers.Fact{Name: "project", Status: providers.Fail, Text: err.Message, Hint: err.Hint}
	}
	return providers.Fact{Name: "project", Status: providers.OK, Text: strings.TrimPrefix(s.where.text(r), title+", project ")}
}

// factsOfService tells of the way to the service, its clock, and what cannot be
// told.
func (s *store) factsOfService(ctx context.Context) []providers.Fact {
	unknown := providers.Fact{
		Name: "permission", Status: providers.Unknown,
		Text: "whether " + permission + " is allowed shows in reading only",
		Hint: "grant " + role + " on each secret",
	}
	base := s.where.base(s.where.location)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
	if err != nil {
		return []providers.Fact{unknown}
	}
	a := send(req, s.client.Do)
	if a.err != nil {
		e := explainBroken(ctx, a)
		return []providers.Fact{{Name: "endpoint", Status: providers.Fail, Text: req.URL.Host + ": " + e.Message, Hint: e.Hint}, unknown}
	}
	endpoint := providers.Fact{Name: "endpoint", Status: providers.OK, Text: req.URL.Host + " answers"}
	if req.URL.Scheme == "http" {
		endpoint.Status, endpoint.Hint = providers.Warn, "the access token is sent in clear: use https"
	}
	clock := rest.Clock{Warn: skewLimit / 5, Fail: skewLimit, Hint: "Google allows five minutes"}.Fact(clockSkew(a.header, s.now()))
	return []providers.Fact{endpoint, clock, unknown}
}
