package aws

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"om-secret-exec/internal/providers"
)

var (
	_ providers.Prober = (*secretsManager)(nil)
	_ providers.Prober = (*parameterStore)(nil)
)

// Probe implements [providers.Prober] with a DescribeSecret, which gives dates,
// tags and the versions that have a stage.
func (s *secretsManager) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	c, err := s.begin(ctx, ref.ID)
	if err != nil {
		return err
	}
	q := question{call: c, ref: ref, probe: true}
	out, failed := s.clients.in(c.region).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &ref.ID})
	if failed != nil {
		return q.explain(ctx, failed)
	}
	return q.described(out)
}

// described judges a secret that is there.
func (q question) described(out *secretsmanager.DescribeSecretOutput) *providers.Error {
	has := func(stage string) bool {
		for _, stages := range out.VersionIdsToStages {
			if slices.Contains(stages, stage) {
				return true
			}
		}
		return false
	}
	version := q.ref.Version
	_, listed := out.VersionIdsToStages[version]
	switch {
	case out.ARN == nil && out.Name == nil:
		return q.failure(verdict{code: providers.Unavailable, message: "the answer is empty"})
	case out.DeletedDate != nil:
		return q.failure(deleted())
	case version == "" && !has("AWSCURRENT"):
		return q.failure(noValue(q))
	case version == "", listed, has(version):
		return nil
	case isUUID(version):
		// One that has lost its stages is read for as long as AWS keeps it.
		return q.failure(untold("versions without a stage are not told of, and " + quote(version) + " may be one"))
	}
	return q.failure(noVersion(q))
}

// Probe implements [providers.Prober] by asking for the parameter's tags. Of the
// calls that give no value this is the one that can be allowed for one parameter
// alone: DescribeParameters lists them all, and GetParameter gives the value of
// every parameter that is no secure string, even when it is told not to decrypt.
// Tags are those of the parameter and not of a version or a label.
func (s *parameterStore) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	if _, bad := withSelector(ref); bad != nil {
		return bad
	}
	name, _, selected := splitSelector(ref.ID)
	switch {
	case strings.HasPrefix(name, "arn:"):
		return s.untold("a parameter's tags are asked for by its name, not by its ARN")
	case strings.HasPrefix(name, "/aws/"):
		return s.untold("parameters below /aws/ are AWS's own or secrets of Secrets Manager, and have no tags")
	}
	c, err := s.begin(ctx, ref.ID)
	if err != nil {
		return err
	}
	q := question{call: c, ref: ref, probe: true}
	_, failed := s.clients.in(c.region).ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{
		ResourceId: &name, ResourceType: types.ResourceTypeForTaggingParameter,
	})
	switch {
	case failed != nil:
		return q.explain(ctx, failed)
	case selected || ref.Version != "":
		return q.failure(untold("the parameter is there, and its versions and labels are not told of"))
	}
	return nil
}

// untold is for what no question without a value finds out.
func (s *session) untold(message string) *providers.Error {
	return question{call: call{svc: s.svc, place: s.svc.title}}.failure(untold(message))
}

func untold(message string) verdict {
	return verdict{code: providers.UnsupportedProvider, message: message, hint: "read it to be sure (--online=read)"}
}
