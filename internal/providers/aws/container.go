package aws

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"

	"om-secret-exec/internal/providers"
)

// The addresses of the agents that give containers their credentials: ECS, and
// EKS Pod Identity over IPv4 and IPv6.
const (
	ecsAgent   = "169.254.170.2"
	eksAgent   = "169.254.170.23"
	eksAgentV6 = "fd00:ec2::23"
)

// containerProvider asks the agent that AWS_CONTAINER_CREDENTIALS_* names. The
// SDK makes the same provider at the end of its chain only, after the profile,
// and has no door to it alone.
func containerProvider(s providers.Settings, cfg *aws.Config) (aws.CredentialsProvider, error) {
	address := firstVar(s, "AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if path := firstVar(s, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		address = "http://" + ecsAgent + path
	}
	if address == "" {
		return nil, &providers.Error{
			Code:    providers.Config,
			Message: "aws_credential is container, and no variable names the container's agent",
			Hint:    "run under ECS or EKS Pod Identity, which set AWS_CONTAINER_CREDENTIALS_FULL_URI, or choose another aws_credential",
		}
	}
	if !agentAllowed(address) {
		return nil, &providers.Error{
			Code:    providers.Config,
			Message: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor the address of a local agent",
			Hint:    "use https, a loopback address, or the address of the ECS or EKS agent",
		}
	}
	file := firstVar(s, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
	return endpointcreds.New(address, func(o *endpointcreds.Options) {
		o.HTTPClient = cfg.HTTPClient
		o.AuthorizationToken = firstVar(s, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := os.ReadFile(file)
				if err != nil {
					return "", fmt.Errorf("reading the container's authorization token: %w", err)
				}
				return string(token), nil
			})
		}
	}), nil
}

// agentAllowed is the SDKs' rule: the answer is a credential, so that plain http
// stays on the machine.
func agentAllowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "https" || u.Hostname() == "localhost" {
		return u.Host != ""
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil || u.Scheme != "http" {
		return false
	}
	switch ip.String() {
	case ecsAgent, eksAgent, eksAgentV6:
		return true
	}
	return ip.IsLoopback()
}
