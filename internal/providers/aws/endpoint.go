package aws

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"om-secret-exec/internal/providers"
)

// endpointOf returns the URL that replaces the service's public endpoint, or
// "". The SDK's variables count under every loader, as they do for upstream.
func endpointOf(s providers.Settings, svc *service) (string, error) {
	endpoint := s.Get(keyEndpoint)
	if endpoint == "" && !ignoresEndpoints(s) {
		endpoint = firstVar(s, svc.endpointVar, "AWS_ENDPOINT_URL")
	}
	if endpoint == "" {
		return "", nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		// The text is not repeated: a URL may hold a password.
		return "", &providers.Error{
			Code: providers.Config, Message: "aws_endpoint_url is not an http or https URL",
			Hint: "write it with scheme and host, such as https://secretsmanager.example.com",
		}
	}
	return endpoint, nil
}

// tokenEndpoint returns the URL that tokens are to be asked from: an emulator or
// a gateway that stands for all of AWS has to give them, too. An endpoint of one service is not passed on: neither one
// from the service's own variable nor an AWS host, such as a VPC endpoint. The
// SDK reads AWS_ENDPOINT_URL_STS by itself.
func tokenEndpoint(s providers.Settings, svc *service, endpoint string) string {
	if endpoint == "" || firstVar(s, "AWS_ENDPOINT_URL_STS") != "" || firstVar(s, svc.endpointVar) == endpoint {
		return ""
	}
	u, err := url.Parse(endpoint)
	if err != nil || strings.Contains(u.Hostname(), ".amazonaws.") || strings.HasSuffix(u.Hostname(), ".api.aws") {
		return ""
	}
	return endpoint
}

func ignoresEndpoints(s providers.Settings) bool {
	return strings.EqualFold(firstVar(s, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true")
}

func firstVar(s providers.Settings, names ...string) string {
	for _, name := range names {
		if v, _ := s.Env(name); v != "" {
			return v
		}
	}
	return ""
}

// withTokenEndpoint sends the requests for tokens to another URL. The SDK's own
// STS clients, of profiles and of web identity, are made before the loader knows
// any endpoint but AWS_ENDPOINT_URL_STS, and cannot be reached from outside;
// what they do have is the list of changes to every request's middleware.
func withTokenEndpoint(endpoint string) func(*middleware.Stack) error {
	u, err := url.Parse(endpoint)
	return func(stack *middleware.Stack) error {
		if endpoint == "" || err != nil || !strings.HasPrefix(stack.ID(), "AssumeRole") {
			return nil
		}
		move := func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			if req, ok := in.Request.(*smithyhttp.Request); ok {
				req.URL.Scheme, req.URL.Host = u.Scheme, u.Host
				req.URL.Path = strings.TrimRight(u.Path, "/") + req.URL.Path
			}
			return next.HandleFinalize(ctx, in)
		}
		// Before the request is signed, so that the host is part of what is.
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("TokenEndpoint", move), "ResolveEndpointV2", middleware.After)
	}
}
