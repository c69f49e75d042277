package aws

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// maxSkew is how far AWS lets a signature's time be off before it refuses.
const maxSkew = 5 * time.Minute

var (
	_ providers.Examiner = (*secretsManager)(nil)
	_ providers.Examiner = (*parameterStore)(nil)
)

// Examine implements [providers.Examiner]: who STS says we are, the clock by
// its answer, and whether the service answers at all. What is allowed cannot be
// told without reading a secret.
func (s *session) Examine(ctx context.Context) []providers.Fact {
	c, err := s.begin(ctx, "")
	if err != nil {
		return []providers.Fact{factOf("credentials", err)}
	}
	facts := []providers.Fact{{Name: "credentials", Status: providers.OK, Text: c.identity}}
	facts = append(facts, s.caller(ctx, c)...)
	facts = append(facts, s.reach(ctx, c))
	return append(facts, providers.Fact{
		Name: "permission", Status: providers.Unknown,
		Text: "cannot be told without reading a secret",
		Hint: "needed is " + s.svc.single + " on the secrets that are referred to, nothing else",
	})
}

// caller asks STS who we are, which needs no permission.
func (s *session) caller(ctx context.Context, c call) []providers.Fact {
	client := sts.NewFromConfig(s.cfg, func(o *sts.Options) {
		o.Region = c.region
		if s.tokens != "" {
			o.BaseEndpoint = &s.tokens
		}
	})
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		fact := factOf("identity", s.explainLogin(ctx, err, c))
		if fact.Status == providers.Fail && s.tokens == "" && s.endpoint != "" {
			// A private network often has an endpoint for the store alone.
			fact.Status = providers.Warn
		}
		return []providers.Fact{fact}
	}
	facts := []providers.Fact{{Name: "identity", Status: providers.OK, Text: aws.ToString(out.Arn)}}
	if at, ok := awsmiddleware.GetServerTime(out.ResultMetadata); ok {
		facts = append(facts, clock(time.Since(at)))
	}
	return facts
}

func clock(off time.Duration) providers.Fact {
	return rest.Clock{Fail: maxSkew, Hint: "signatures that are " + maxSkew.String() + " off are refused"}.Fact(off)
}

// reach asks the service's address for anything: any HTTP answer will do.
func (s *session) reach(ctx context.Context, c call) providers.Fact {
	url, err := s.address(ctx, c.region)
	if err == nil {
		var req *http.Request
		if req, err = http.NewRequestWithContext(ctx, http.MethodGet, url, nil); err == nil {
			var resp *http.Response
			if resp, err = s.cfg.HTTPClient.Do(req); err == nil {
				_ = resp.Body.Close() // only whether it answers counts
				return providers.Fact{Name: "endpoint", Status: providers.OK, Text: c.place + " answers"}
			}
		}
	}
	return factOf("endpoint", question{call: c}.explain(ctx, err))
}

func (s *session) address(ctx context.Context, region string) (string, error) {
	if endpoint := s.shownEndpoint(); endpoint != "" {
		return endpoint, nil
	}
	return s.svc.address(ctx, region)
}

// factOf is an error as a line of doctor.
func factOf(name string, e *providers.Error) providers.Fact {
	text := e.Error()
	if e.Identity != "" {
		text += ", as " + e.Identity
	}
	return providers.Fact{Name: name, Status: providers.Fail, Text: text, Hint: e.Hint}
}
