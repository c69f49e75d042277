package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"om-secret-exec/internal/providers"
)

// secretsManager reads secrets. One request is a GetSecretValue, or a
// BatchGetSecretValue of up to 20 ids.
type secretsManager struct {
	*session
	clients clients[*secretsmanager.Client]
}

var _ providers.Store = (*secretsManager)(nil)

func newSecretsManager(s *session) *secretsManager {
	return &secretsManager{session: s, clients: clients[*secretsmanager.Client]{
		byRegion: map[string]*secretsmanager.Client{},
		make: func(region string) *secretsmanager.Client {
			return secretsmanager.NewFromConfig(s.cfg, func(o *secretsmanager.Options) {
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
func (s *secretsManager) Plan(refs []providers.Ref) [][]providers.Ref {
	return s.plan(refs, func(r providers.Ref) bool { return r.Version != "" })
}

// Read implements [providers.Store].
func (s *secretsManager) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	c, err := s.begin(ctx, group[0].ID)
	if err != nil {
		return everyone(group, err)
	}
	if len(group) == 1 {
		return []providers.Result{s.one(ctx, c, group[0])}
	}
	return s.many(ctx, c, group)
}

func (s *secretsManager) one(ctx context.Context, c call, ref providers.Ref) providers.Result {
	q := question{call: c, ref: ref}
	in := &secretsmanager.GetSecretValueInput{SecretId: &ref.ID}
	switch {
	case ref.Version == "":
	case isUUID(ref.Version):
		in.VersionId = &ref.Version
	default:
		in.VersionStage = &ref.Version
	}
	out, err := s.clients.in(c.region).GetSecretValue(ctx, in)
	if err != nil {
		return providers.Result{Err: q.explain(ctx, err)}
	}
	return q.secret(aws.ToString(out.ARN), aws.ToString(out.VersionId), out.SecretString, out.SecretBinary)
}

// many reads a batch. An item that the answer does not hold is asked for alone.
func (s *secretsManager) many(ctx context.Context, c call, group []providers.Ref) []providers.Result {
	ids := make([]string, len(group))
	for i, ref := range group {
		ids[i] = ref.ID
	}
	out, err := s.clients.in(c.region).BatchGetSecretValue(ctx, &secretsmanager.BatchGetSecretValueInput{SecretIdList: ids})
	if err != nil {
		return everyone(group, question{call: c, batch: true}.explain(ctx, err))
	}
	found := index{}
	for i, v := range out.SecretValues {
		found.add(i, aws.ToString(v.Name), aws.ToString(v.ARN))
	}
	results := make([]providers.Result, len(group))
	for i, ref := range group {
		q := question{call: c, ref: ref}
		if at, ok := found.secret(ref.ID); ok {
			v := out.SecretValues[at]
			results[i] = q.secret(aws.ToString(v.ARN), aws.ToString(v.VersionId), v.SecretString, v.SecretBinary)
			continue
		}
		results[i].Err = q.unanswered()
		for _, e := range out.Errors {
			if aws.ToString(e.SecretId) == ref.ID {
				results[i].Err = q.item(aws.ToString(e.ErrorCode), aws.ToString(e.Message))
			}
		}
	}
	return results
}

// secret makes a result of an answer. A binary value is given as it is: what may
// be done with bytes is the document's rule.
func (q question) secret(arn, version string, text *string, binary []byte) providers.Result {
	s := providers.Secret{Source: q.source(arn, version)}
	switch {
	case text != nil:
		s.Value = []byte(*text)
	case binary != nil:
		s.Value = binary
	case arn == "":
		return providers.Result{Err: q.failure(verdict{code: providers.Unavailable, message: "the answer is empty"})}
	default:
		return providers.Result{Err: q.failure(noValue(q))}
	}
	return providers.Result{Secret: s}
}
