package aws

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"om-secret-exec/internal/providers"
)

// The values of aws_credential. Every one but default is the only credential
// that is tried, so that no metadata service is asked by accident.
const (
	credentialDefault     = "default"
	credentialStatic      = "static"
	credentialProfile     = "profile"
	credentialWebIdentity = "web-identity"
	credentialContainer   = "container"
	credentialInstance    = "instance"
)

// sessionName is what CloudTrail shows for a role that we assume, unless a name
// is set.
const sessionName = "om-secret-exec"

func credentialKinds() []string {
	return []string{
		credentialDefault, credentialStatic, credentialProfile,
		credentialWebIdentity, credentialContainer, credentialInstance,
	}
}

func credentialNames() string { return strings.Join(credentialKinds(), ", ") }

// credential is the choice of who asks.
type credential struct {
	kind string
	s    providers.Settings
	who  identity
}

// chooseCredential decides which credential the settings mean. Settings win
// over the SDK's chain, in the chain's own order: key, web identity, profile.
func chooseCredential(s providers.Settings) (*credential, error) {
	c := &credential{kind: s.Get(keyCredential), s: s}
	if c.kind == "" {
		c.kind = credentialDefault
	}
	if !slices.Contains(credentialKinds(), c.kind) {
		return nil, &providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("aws_credential %q is not a kind of credential", c.kind),
			Hint: "write one of " + credentialNames(),
		}
	}
	if c.kind == credentialDefault {
		switch {
		case s.Get(keyAccessKey) != "" || s.Get(keySecretKey) != "":
			c.kind = credentialStatic
		case s.Get(keyTokenFile) != "":
			c.kind = credentialWebIdentity
		case s.Get(keyProfile) != "":
			c.kind = credentialProfile
		}
	}
	c.who = newIdentity(c.kind, s)
	return c, c.complete()
}

// complete reports half a credential: the SDK would go on with another
// identity, or sign with an empty key.
func (c *credential) complete() error {
	var needs []string
	switch c.kind {
	case credentialStatic:
		needs = []string{keyAccessKey, keySecretKey}
	case credentialWebIdentity:
		needs = []string{keyTokenFile, keyTokenRole}
	case credentialDefault:
		id := firstVar(c.s, "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY")
		key := firstVar(c.s, "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
		if (id == "") != (key == "") {
			return &providers.Error{
				Code: providers.Config, Message: "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set",
				Hint: "set both, or neither to use another credential",
			}
		}
	}
	for _, key := range needs {
		if c.s.Get(key) == "" {
			return &providers.Error{
				Code: providers.Config, Message: key + " is missing for credential " + c.kind,
				Hint: "set " + strings.Join(needs, " and "),
			}
		}
	}
	return nil
}

// loadOptions tells the SDK's loader about the credential. Kinds that apply
// makes afterwards get a stand-in, so that the loader does not build its chain.
func (c *credential) loadOptions() []func(*config.LoadOptions) error {
	switch c.kind {
	case credentialDefault:
		return nil
	case credentialProfile:
		name := c.s.Get(keyProfile)
		if name == "" {
			name = "default"
		}
		return []func(*config.LoadOptions) error{config.WithSharedConfigProfile(name)}
	case credentialStatic:
		p := credentials.NewStaticCredentialsProvider(c.s.Get(keyAccessKey), c.s.Get(keySecretKey), c.s.Get(keySessionToken))
		return []func(*config.LoadOptions) error{config.WithCredentialsProvider(p)}
	default:
		return []func(*config.LoadOptions) error{config.WithCredentialsProvider(aws.AnonymousCredentials{})}
	}
}

// apply puts the credentials in place that need the loaded configuration, and
// the role to assume on top of whichever there are.
func (c *credential) apply(cfg *aws.Config, s providers.Settings) error {
	switch c.kind {
	case credentialWebIdentity:
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewWebIdentityRoleProvider(
			sts.NewFromConfig(*cfg), s.Get(keyTokenRole), tokenFile(s.Get(keyTokenFile)),
			func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = nameSession(s) },
		))
	case credentialContainer:
		p, err := containerProvider(s, cfg)
		if err != nil {
			return err
		}
		cfg.Credentials = aws.NewCredentialsCache(p)
	case credentialInstance:
		client := imds.NewFromConfig(*cfg)
		cfg.Credentials = aws.NewCredentialsCache(ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = client }))
	}
	if role := s.Get(keyRole); role != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(
			sts.NewFromConfig(*cfg), role,
			func(o *stscreds.AssumeRoleOptions) {
				o.RoleSessionName = nameSession(s)
				if id := s.Get(keyExternalID); id != "" {
					o.ExternalID = &id
				}
			},
		))
	}
	return nil
}

func nameSession(s providers.Settings) string {
	if name := s.Get(keySessionName); name != "" {
		return name
	}
	return sessionName
}

// tokenFile reads a web identity token when it is asked for, because the file
// is replaced while it is in use. The SDK's own type hides which file it was.
type tokenFile string

// GetIdentityToken implements [stscreds.IdentityTokenRetriever].
func (f tokenFile) GetIdentityToken() ([]byte, error) { return os.ReadFile(string(f)) }
