package aws

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"

	"om-secret-exec/internal/providers"
)

// explainLogin turns the failure to get a credential into ours. Its place is
// the service that was asked for it, where one was.
func (s *session) explainLogin(ctx context.Context, err error, c call) *providers.Error {
	q := question{call: c}
	var op *smithy.OperationError
	asked := ""
	if errors.As(err, &op) {
		asked = op.ServiceID
	}
	if asked != "" && !s.foundNothing(asked) {
		q.place = s.tokenPlace(asked, c.region)
	}
	answer := answerOf(err)
	e := q.failure(s.loginVerdict(ctx, err, asked, answer.status))
	e.Status, e.RequestID, e.After = answer.status, answer.requestID, answer.after
	return e
}

// tokenPlace names the service that was asked for a credential.
func (s *session) tokenPlace(serviceID, region string) string {
	switch serviceID {
	case "ec2imds":
		return "EC2 instance metadata"
	case "STS":
		return place("AWS STS", region, s.tokens)
	}
	return place("AWS "+serviceID, region, "")
}

// foundNothing tells that the SDK's chain came to its end, which is instance
// metadata: when nobody is there, the finding is that there is no credential,
// unless this very credential was asked for.
func (s *session) foundNothing(asked string) bool {
	return asked == "ec2imds" && s.who.kind != credentialInstance
}

func (s *session) loginVerdict(ctx context.Context, err error, asked string, status int) verdict {
	if errors.Is(ctx.Err(), context.Canceled) {
		return verdict{code: providers.Cancelled, message: "stopped while waiting for credentials"}
	}
	if s.foundNothing(asked) {
		return s.noCredentials()
	}
	if v, ok := localLogin(err); ok {
		return v
	}
	if v, ok := explainTransport(ctx, err); ok {
		v.message = "getting credentials: " + v.message
		if v.refused {
			v.hint = "the service or agent that gives the credential is not up; it is waited for until the time-out"
		}
		return v
	}
	code, _ := apiError(err)
	switch {
	case strings.HasPrefix(code, "Throttl"), status == 429:
		return verdict{code: providers.Throttled, message: "getting credentials: too many requests", retryable: true}
	case status >= 500:
		return verdict{code: providers.Unavailable, message: "getting credentials: the service has an internal error or is down", retryable: true}
	case code == "AccessDenied" || code == "AccessDeniedException":
		return verdict{
			code: providers.PermissionDenied, message: "the role may not be assumed",
			hint: "allow sts:AssumeRole (or sts:AssumeRoleWithWebIdentity) in the role's trust policy for this identity; check the role's ARN and aws_external_id",
		}
	case code == "ExpiredTokenException" || code == "ExpiredToken":
		return verdict{
			code: providers.Unauthenticated, message: "the token that stands for the identity has expired",
			hint: "renew the token, and check this machine's clock",
		}
	case code == "InvalidIdentityToken" || code == "IDPRejectedClaim":
		return verdict{
			code: providers.Unauthenticated, message: "the web identity token was refused",
			hint: "check issuer, audience and subject of the token against the identity provider in IAM",
		}
	case code != "":
		return verdict{
			code: providers.Unauthenticated, message: "getting credentials: error code " + code,
			hint: "check the key or token that the credential starts from",
		}
	}
	return s.noCredentials()
}

// localLogin explains failures on this machine. A path and a profile are shown,
// the output of a credential_process is not.
func localLogin(err error) (verdict, bool) {
	var path *fs.PathError
	var sso *ssocreds.InvalidTokenError
	var process *processcreds.ProviderError
	switch {
	case errors.As(err, &sso), errors.As(err, &path) && strings.Contains(filepath.ToSlash(path.Path), "/sso/cache/"):
		return verdict{
			code: providers.Unauthenticated, message: "the single sign-on session is absent or has expired",
			hint: "run `aws sso login` for the profile",
		}, true
	case errors.As(err, &process):
		return verdict{
			code: providers.Unauthenticated, message: "the profile's credential_process gives no credential",
			hint: "run the command of the profile by hand to see why",
		}, true
	case errors.As(err, &path):
		return verdict{
			code: providers.Config, message: "reading the token file: " + path.Error(),
			hint: "check aws_web_identity_token_file, or the projected volume of the service account",
		}, true
	}
	return verdict{}, false
}

// noCredentials says where was looked, which depends on the loader and on
// whether one kind of credential was asked for.
func (s *session) noCredentials() verdict {
	v := verdict{code: providers.Unauthenticated, message: "no AWS credential was found"}
	if s.who.kind != credentialDefault {
		v.message = "credential " + s.who.kind + " gives no AWS credential"
		v.hint = "check the settings of this kind, or choose another with aws_credential"
		return v
	}
	v.hint = s.keysHint + ", AWS_PROFILE, or a role for the pod, task or instance; looked at: variables, " +
		"web identity, the AWS configuration files, the container's agent, instance metadata"
	return v
}

// explainLoad turns an error of the SDK's loader into ours. Only names are kept
// of it, for its text may repeat a line of a file.
func explainLoad(err error) *providers.Error {
	e := &providers.Error{
		Code: providers.Config, Message: "reading the AWS configuration files or variables",
		Hint: "check ~/.aws/config, ~/.aws/credentials, AWS_CA_BUNDLE and the other AWS_ variables",
	}
	var profile config.SharedConfigProfileNotExistError
	var file config.SharedConfigLoadError
	var role config.SharedConfigAssumeRoleError
	var arn config.CredentialRequiresARNError
	var path *fs.PathError
	switch {
	case errors.As(err, &role):
		e.Message = "the role of a profile has " + quote(role.Profile) + " as its source, which has no credential"
	case errors.As(err, &profile):
		e.Message = "there is no AWS profile " + quote(profile.Profile)
		e.Hint = "check aws_profile and AWS_PROFILE; the files are ~/.aws/config and ~/.aws/credentials unless AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say otherwise"
	case errors.As(err, &arn):
		e.Message = "profile " + quote(arn.Profile) + " has no role_arn"
	case errors.As(err, &file):
		e.Message = "reading " + quote(file.Filename)
	case errors.As(err, &path):
		e.Message = "reading the AWS configuration: " + path.Error()
	}
	return e
}
