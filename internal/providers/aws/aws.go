// Package aws reads secrets from AWS Secrets Manager and from the Parameter
// Store of AWS Systems Manager, through aws-sdk-go-v2.
//
// Opening a store reads the SDK's files (~/.aws) and nothing else; the first
// request, or the first token, is asked for by Read. The data clients make one
// attempt each, because internal/resolver alone repeats reads; the clients that
// fetch credentials (STS, SSO, container and instance metadata) keep the SDK's
// own retries.
//
// SSM is pinned to the last release (v1.79.3) before its package grew a table
// of schemas that costs 2.5 ms and 1.4 MB before main, for 150 operations of
// which two are used here. A test fails when an update brings the table back.
package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"om-secret-exec/internal/providers"
)

// SecretsManager returns the kind for AWS Secrets Manager. An id is a secret's
// name, or its ARN with or without the six characters that AWS appends; an
// ARN's region decides where it is read.
func SecretsManager() providers.Kind {
	svc := secretsManagerService()
	return providers.Kind{
		Names: []string{"aws", "managed-aws"},
		Title: svc.title,
		Keys:  keys(svc), Variables: sdkVariables(),
		CheckID: checkSecretID,
		Open: func(ctx context.Context, s providers.Settings) (providers.Store, error) {
			ses, err := open(ctx, s, svc)
			if err != nil {
				return nil, err
			}
			return newSecretsManager(ses), nil
		},
	}
}

// ParameterStore returns the kind for the Parameter Store of AWS Systems
// Manager. An id is a parameter's name or ARN, and may end in a selector
// (`:3` is a version, `:prod` a label); secure strings are decrypted.
func ParameterStore() providers.Kind {
	svc := parameterStoreService()
	return providers.Kind{
		Names: []string{"aws-ssm", "managed-aws-ssm"},
		Title: svc.title,
		Keys:  keys(svc), Variables: sdkVariables(),
		CheckID: checkParameterID,
		Open: func(ctx context.Context, s providers.Settings) (providers.Store, error) {
			ses, err := open(ctx, s, svc)
			if err != nil {
				return nil, err
			}
			return newParameterStore(ses), nil
		},
	}
}

// service is what differs between the two services outside their calls.
type service struct {
	title string
	// prefix is the service's name in ARNs and in the names of IAM actions.
	prefix string
	// endpointVar overrides the endpoint of this service alone.
	endpointVar string
	// noun is what the service calls an entry.
	noun string
	// single and batch are the IAM actions of the two calls that read, and probe
	// that of the one that tells whether an entry is there.
	single, batch, probe string
	// batchSize is how many ids one batch request may hold.
	batchSize int
	// explain gives the meaning of the service's own error codes.
	explain func(code, text string, q question) (verdict, bool)
	// address is the URL of the service in a region.
	address func(ctx context.Context, region string) (string, error)
}

func secretsManagerService() *service {
	return &service{
		title:       "AWS Secrets Manager",
		prefix:      "secretsmanager",
		endpointVar: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
		noun:        "secret",
		single:      "secretsmanager:GetSecretValue",
		batch:       "secretsmanager:BatchGetSecretValue",
		probe:       "secretsmanager:DescribeSecret",
		batchSize:   20,
		explain:     explainSecretsManager,
		address: func(ctx context.Context, region string) (string, error) {
			e, err := secretsmanager.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx,
				secretsmanager.EndpointParameters{Region: &region}.WithDefaults())
			return e.URI.String(), err
		},
	}
}

func parameterStoreService() *service {
	return &service{
		title:       "AWS SSM Parameter Store",
		prefix:      "ssm",
		endpointVar: "AWS_ENDPOINT_URL_SSM",
		noun:        "parameter",
		single:      "ssm:GetParameter",
		batch:       "ssm:GetParameters",
		probe:       "ssm:ListTagsForResource",
		batchSize:   10,
		explain:     explainParameterStore,
		address: func(ctx context.Context, region string) (string, error) {
			e, err := ssm.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx,
				ssm.EndpointParameters{Region: &region}.WithDefaults())
			return e.URI.String(), err
		},
	}
}
