package aws

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"

	"om-secret-exec/internal/providers"
)

// call is one request to be made: to which region, and for whom.
type call struct {
	svc      *service
	region   string
	place    string
	identity string
}

// question is what an error answers: one reference, or a batch of them.
type question struct {
	call
	ref   providers.Ref
	batch bool
	// probe tells that the reference was not to be read.
	probe bool
}

// begin finds the region of an id and fetches the credentials, when they are not
// there yet. Doing so before the request tells a failed login from a failed
// read, and makes the identity known for both.
func (s *session) begin(ctx context.Context, id string) (call, *providers.Error) {
	c := call{svc: s.svc, identity: s.who.text(aws.Credentials{})}
	region, err := s.region(ctx, id)
	if err != nil {
		return c, s.explainLogin(ctx, err, c)
	}
	c.region = region
	c.place = place(s.svc.title, region, s.shownEndpoint())
	creds, _, failed := s.logins.Get(ctx, func(ctx context.Context) (aws.Credentials, *providers.Error) {
		creds, err := s.cfg.Credentials.Retrieve(ctx)
		if err != nil {
			return creds, s.explainLogin(ctx, err, c)
		}
		return creds, nil
	})
	if failed != nil {
		return c, failed
	}
	c.identity = s.who.text(creds)
	return c, nil
}

// shownEndpoint is the endpoint in force, the profile's included.
func (s *session) shownEndpoint() string {
	if s.endpoint != "" {
		return s.endpoint
	}
	return aws.ToString(s.cfg.BaseEndpoint)
}

// place names where we looked. Of the endpoint only scheme and host are shown,
// because a URL may hold a password.
func place(title, region, endpoint string) string {
	p := title
	if region != "" {
		p += ", region " + region
	}
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		p += ", endpoint " + u.Scheme + "://" + u.Host
	}
	return p
}

// target names the entry that a question is about, for hints.
func (q question) target() string {
	if q.batch {
		return "the " + q.svc.noun + "s of the batch"
	}
	return q.svc.noun + " " + quote(q.ref.ID)
}

// action is the IAM action of the question's request.
func (q question) action() string {
	switch {
	case q.batch:
		return q.svc.batch
	case q.probe:
		return q.svc.probe
	}
	return q.svc.single
}
