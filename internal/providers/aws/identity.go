package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"om-secret-exec/internal/providers"
)

// identity is what messages say about who asks. It holds no secret.
type identity struct {
	kind          string
	role, profile string
	// source is where the access key was set, when a setting gave it.
	source string
}

func newIdentity(kind string, s providers.Settings) identity {
	who := identity{kind: kind}
	switch kind {
	case credentialStatic:
		who.source = s.Values[keyAccessKey].Source
	case credentialWebIdentity:
		who.role = s.Get(keyTokenRole)
	case credentialProfile:
		who.profile = s.Get(keyProfile)
	}
	if role := s.Get(keyRole); role != "" {
		who.role = role
	}
	return who
}

// text names the identity. creds is zero when none could be had.
func (who identity) text(creds aws.Credentials) string {
	var parts []string
	if who.role != "" {
		parts = append(parts, "role "+who.role)
	}
	if who.profile != "" {
		parts = append(parts, "profile "+who.profile)
	}
	if creds.AccessKeyID != "" {
		parts = append(parts, "access key "+creds.AccessKeyID)
		if from := who.from(creds); from != "" {
			parts = append(parts, "from "+from)
		}
	}
	return strings.Join(parts, ", ")
}

// from says where the access key came from: the setting, or the SDK's provider
// in words.
func (who identity) from(creds aws.Credentials) string {
	switch name, _, _ := strings.Cut(creds.Source, ":"); name {
	case "StaticCredentials":
		return who.source
	case "EnvConfigCredentials":
		return "the environment"
	case "SharedConfigCredentials":
		return "the AWS configuration files"
	case "WebIdentityCredentials":
		return "a web identity token"
	case "AssumeRoleProvider":
		return "assuming the role"
	case "EC2RoleProvider":
		return "instance metadata"
	case "CredentialsEndpointProvider":
		return "the container's agent"
	case "SSOProvider":
		return "single sign-on"
	case "ProcessProvider":
		return "credential_process"
	}
	return ""
}
