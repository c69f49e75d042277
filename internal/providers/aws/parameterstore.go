package aws

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"om-secret-exec/internal/providers"
)

// parameterStore reads parameters, decrypted. One request is a GetParameter, or
// a GetParameters of up to ten names.
type parameterStore struct {
	*session
	clients clients[*ssm.Client]
}

var _ providers.Store = (*parameterStore)(nil)

func newParameterStore(s *session) *parameterStore {
	return &parameterStore{session: s, clients: clients[*ssm.Client]{
		byRegion: map[string]*ssm.Client{},
		make: func(region string) *ssm.Client {
			return ssm.NewFromConfig(s.cfg, func(o *ssm.Options) {
				o.Region = region
				o.Retryer = aws.NopRetryer{}
				if s.endpoint != "" {
					o.BaseEndpoint = &s.endpoint
				}
			})
		},
	}}
}

// Plan implements [providers.Store].
func (s *parameterStore) Plan(refs []providers.Ref) [][]providers.Ref {
	return s.plan(refs, func(r providers.Ref) bool {
		_, _, has := splitSelector(r.ID)
		return has || r.Version != ""
	})
}

// Read implements [providers.Store].
func (s *parameterStore) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	name, bad := "", (*providers.Error)(nil)
	if len(group) == 1 {
		if name, bad = withSelector(group[0]); bad != nil {
			return everyone(group, bad)
		}
	}
	c, err := s.begin(ctx, group[0].ID)
	if err != nil {
		return everyone(group, err)
	}
	if len(group) == 1 {
		return []providers.Result{s.one(ctx, c, group[0], name)}
	}
	return s.many(ctx, c, group)
}

// withSelector returns the name to ask for: the id, with the version as its
// selector when it has none.
func withSelector(ref providers.Ref) (string, *providers.Error) {
	_, selector, has := splitSelector(ref.ID)
	switch {
	case ref.Version == "" || has && selector == ref.Version:
		return ref.ID, nil
	case has:
		return "", &providers.Error{
			Code:    providers.InvalidRef,
			Message: "the id asks for version " + quote(selector) + " and the option for " + quote(ref.Version),
			Hint:    "keep one of them",
		}
	}
	return ref.ID + ":" + ref.Version, nil
}

func (s *parameterStore) one(ctx context.Context, c call, ref providers.Ref, name string) providers.Result {
	q := question{call: c, ref: ref}
	out, err := s.clients.in(c.region).GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if err != nil {
		return providers.Result{Err: q.explain(ctx, err)}
	}
	if out.Parameter == nil {
		return providers.Result{Err: q.failure(verdict{code: providers.Unavailable, message: "the answer is empty"})}
	}
	return q.parameter(*out.Parameter)
}

// many reads a batch. A name that the answer calls invalid, or leaves out, is
// asked for alone: only then the service tells an absent parameter from an
// absent version.
func (s *parameterStore) many(ctx context.Context, c call, group []providers.Ref) []providers.Result {
	names := make([]string, len(group))
	for i, ref := range group {
		names[i] = ref.ID
	}
	out, err := s.clients.in(c.region).GetParameters(ctx, &ssm.GetParametersInput{Names: names, WithDecryption: aws.Bool(true)})
	if err != nil {
		return everyone(group, question{call: c, batch: true}.explain(ctx, err))
	}
	found := index{}
	for i, p := range out.Parameters {
		found.add(i, aws.ToString(p.Name), aws.ToString(p.ARN))
	}
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		q := question{call: c, ref: ref}
		if at, ok := found.item(ref.ID); ok {
			results[i] = q.parameter(out.Parameters[at])
			continue
		}
		results[i].Err = q.unanswered()
	}
	return results
}

func (q question) parameter(p types.Parameter) providers.Result {
	if p.Value == nil {
		return providers.Result{Err: q.failure(noValue(q))}
	}
	source := q.source(aws.ToString(p.ARN), "")
	if source.Name == "" {
		source.Name = aws.ToString(p.Name)
	}
	if p.Version != 0 {
		source.Version = strconv.FormatInt(p.Version, 10)
	}
	return providers.Result{Secret: providers.Secret{Value: []byte(*p.Value), Source: source}}
}
