package aws

import (
	"strings"

	"om-secret-exec/internal/providers"
)

// explainSecretsManager gives the meaning of Secrets Manager's own error codes.
// ResourceNotFoundException stands for three things, which only its text tells
// apart: no such secret, no such version, or no value yet.
func explainSecretsManager(code, text string, q question) (verdict, bool) {
	text = strings.ToLower(text)
	switch code {
	case "ResourceNotFoundException":
		if !strings.Contains(text, "secret value") && !strings.Contains(text, "version") && !strings.Contains(text, "staging label") {
			return notFound(q), true
		}
		if q.ref.Version == "" {
			return noValue(q), true
		}
		return noVersion(q), true
	case "InvalidRequestException":
		if strings.Contains(text, "delet") {
			return deleted(), true
		}
		return verdict{
			code: providers.InvalidRef, message: "the secret cannot be read in its present state",
			hint: "look at it with `aws secretsmanager describe-secret`; a secret that another service manages may be write-only",
		}, true
	case "DecryptionFailure", "EncryptionFailure":
		return deniedKey(q), true
	}
	return verdict{}, false
}

// explainParameterStore gives the meaning of Parameter Store's own error codes.
func explainParameterStore(code, _ string, q question) (verdict, bool) {
	switch code {
	case "ParameterNotFound", "InvalidResourceId": // the latter of a probe
		return notFound(q), true
	case "ParameterVersionNotFound", "ParameterVersionLabelNotFound":
		return noVersion(q), true
	case "InvalidKeyId":
		return deniedKey(q), true
	}
	return verdict{}, false
}

func notFound(q question) verdict {
	return verdict{
		code: providers.NotFound, message: "there is no such " + q.svc.noun,
		hint: "check the spelling, the region (" + q.region + ") and the account" + slashHint(q),
	}
}

// slashHint is about the commonest misspelling: OpenMetadata's ids start with a
// slash, names made by hand often do not.
func slashHint(q question) string {
	if strings.HasPrefix(q.ref.ID, "/") || strings.HasPrefix(q.ref.ID, "arn:") {
		return ""
	}
	return "; " + quote("/"+q.ref.ID) + " with a slash would be another one"
}

func deleted() verdict {
	return verdict{
		code: providers.Disabled, message: "the secret is scheduled for deletion",
		hint: "restore it with `aws secretsmanager restore-secret`, or change the reference",
	}
}

func noVersion(q question) verdict {
	return verdict{
		code: providers.VersionNotFound, message: "the " + q.svc.noun + " has no such version, stage or label",
		hint: "remove the version from the reference to read the current one",
	}
}

func noValue(q question) verdict {
	return verdict{
		code: providers.BadValue, message: "the " + q.svc.noun + " exists and has no value",
		hint: "store a value in it",
	}
}
