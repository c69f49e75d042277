package aws

import (
	"strconv"
	"strings"

	"om-secret-exec/internal/providers"
)

// explainCode gives the meaning of the error codes that all services share.
func explainCode(code, text string, q question) (verdict, bool) {
	switch code {
	case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized":
		if mentionsKey(text) {
			return deniedKey(q), true
		}
		return denied(q), true
	case "KMSAccessDeniedException", "KMSAccessDenied":
		return deniedKey(q), true
	case "ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException",
		"RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "LimitExceededException":
		return throttled(q), true
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
		return verdict{
			code: providers.Unauthenticated, message: "the session token of the credential has expired",
			hint: "renew the credential, or use one that renews itself (a role, web identity, single sign-on)",
		}, true
	case "UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationToken",
		"MissingAuthenticationTokenException", "IncompleteSignature", "IncompleteSignatureException", "AuthFailure":
		return unrecognized(q), true
	case "InvalidSignatureException", "SignatureDoesNotMatch":
		return verdict{
			code: providers.Unauthenticated, message: "the signature was refused",
			hint: "check aws_secret_access_key (a blank or line break around it counts), aws_region, and this machine's clock",
		}, true
	case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture":
		return verdict{
			code: providers.Unauthenticated, message: "the signature was refused, for this machine's clock is wrong",
			hint: "set the clock, AWS allows five minutes",
		}, true
	case "OptInRequired", "SubscriptionRequiredException":
		return verdict{
			code: providers.PermissionDenied, message: "the account has not enabled the service or the region",
			hint: "enable region " + q.region + " for the account",
		}, true
	case "InternalServiceError", "InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException":
		return unavailable(), true
	case "ValidationException", "ValidationError", "InvalidParameterException", "InvalidParameterValue":
		return verdict{
			code: providers.InvalidRef, message: q.svc.title + " refuses the id or version as malformed",
			hint: "check the characters and length of the id, and the version",
		}, true
	}
	return verdict{}, false
}

// explainStatus goes by the HTTP status alone, for proxies and emulators whose
// error bodies are not the service's.
func explainStatus(status int, q question) (verdict, bool) {
	switch {
	case status == 401:
		return unrecognized(q), true
	case status == 403:
		return denied(q), true
	case status == 407:
		return verdict{
			code: providers.Unavailable, message: "the proxy asks for a credential",
			hint: "put user and password into HTTPS_PROXY, or the host into NO_PROXY",
		}, true
	case status == 429:
		return throttled(q), true
	case status == 408 || status >= 500:
		return unavailable(), true
	}
	return verdict{}, false
}

// explainUnreadable is for answers that fit nothing else.
func explainUnreadable(code string, status int) verdict {
	switch {
	case code != "" && code != "UnknownError":
		return verdict{code: providers.Unavailable, message: "the service answers with error code " + code}
	case status != 0:
		return verdict{
			code: providers.Unavailable, message: "the answer is not one of the service's (HTTP status " + strconv.Itoa(status) + ")",
			hint: "check aws_endpoint_url, and whether a proxy answers in the service's place",
		}
	}
	return verdict{code: providers.Unavailable, message: "sending the request", retryable: true}
}

// mentionsKey finds out from a denial's text whether the key that encrypts the
// secret is what was denied. The phrases are the services' own.
func mentionsKey(text string) bool {
	text = strings.ToLower(text)
	for _, phrase := range []string{"kms", "ciphertext", "customer master key"} {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}

func denied(q question) verdict {
	v := verdict{
		code: providers.PermissionDenied, message: q.action() + " is not allowed",
		hint: "allow " + q.action() + " on " + q.target() + " in region " + q.region +
			"; where only some " + q.svc.noun + "s are allowed, a misspelt id is refused like this, too",
	}
	if q.probe {
		v.hint += "; reading does not need it"
	}
	return v
}

func deniedKey(q question) verdict {
	return verdict{
		code: providers.PermissionDenied, message: "the KMS key of the " + q.svc.noun + " cannot be used to decrypt it",
		hint: "allow kms:Decrypt on the key in its policy and for the identity, and check that the key is enabled",
	}
}

func throttled(q question) verdict {
	v := verdict{
		code: providers.Throttled, message: "too many requests", retryable: true,
		hint: "lower --concurrency, allow " + q.svc.batch + ", or raise the account's quota",
	}
	if q.probe {
		v.hint = "lower --concurrency, or raise the account's quota"
	}
	return v
}

func unrecognized(q question) verdict {
	return verdict{
		code: providers.Unauthenticated, message: "AWS does not know the access key, or the request came unsigned",
		hint: "check that the key is active and belongs to the partition of region " + q.region + "; a temporary key needs aws_session_token",
	}
}

func unavailable() verdict {
	return verdict{code: providers.Unavailable, message: "the service has an internal error or is down", retryable: true}
}
