package aws

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"om-secret-exec/internal/providers"
)

// The limits of the services' documentation, in characters.
const (
	maxARN           = 2048
	maxSecretName    = 512
	maxParameterName = 1011
	maxDepth         = 15
	// secretReference is where Parameter Store shows Secrets Manager's secrets,
	// whose names may hold more characters than a parameter's.
	secretReference = "/aws/reference/secretsmanager/"
)

// secretCharacters are those of a secret's name. The exclamation mark is for
// names that AWS gives, such as rds!db-... for a managed database password.
const secretCharacters = lower + upper + digits + "/_+=.@-!"

// checkSecretID refuses what cannot be the name or ARN of a secret.
func checkSecretID(id string) error {
	if a, err := arn.Parse(id); err == nil {
		return checkARN(a, id, "secretsmanager", "secret:")
	}
	if id == "" || len(id) > maxSecretName {
		return invalid(fmt.Sprintf("a secret's name has 1 to %d characters, this has %d", maxSecretName, len(id)), "")
	}
	return checkCharacters(id, secretCharacters, "a secret's name")
}

// checkParameterID refuses what cannot be the name or ARN of a parameter, with
// or without a selector.
func checkParameterID(id string) error {
	name, selector, has := splitSelector(id)
	if has && selector == "" {
		return invalid("no version or label follows the colon", "remove the colon, or write a version such as :3")
	}
	if a, err := arn.Parse(name); err == nil {
		return checkARN(a, id, "ssm", "parameter/")
	}
	if name == "" || len(name) > maxParameterName {
		return invalid(fmt.Sprintf("a parameter's name has 1 to %d characters, this has %d", maxParameterName, len(name)), "")
	}
	if strings.HasPrefix(name, secretReference) {
		return checkCharacters(name, secretCharacters, "a secret's name")
	}
	if err := checkCharacters(name, lower+upper+digits+"/_.-", "a parameter's name"); err != nil {
		return err
	}
	depth := strings.Count(name, "/")
	if depth > 0 && name[0] != '/' {
		return invalid("a parameter's name with levels starts with a slash", fmt.Sprintf("write %q", "/"+name))
	}
	if depth > maxDepth {
		return invalid(fmt.Sprintf("a parameter's name has at most %d levels, this has %d", maxDepth, depth), "")
	}
	return nil
}

func checkARN(a arn.ARN, id, service, resource string) error {
	switch {
	case len(id) > maxARN:
		return invalid(fmt.Sprintf("an ARN has at most %d characters, this has %d", maxARN, len(id)), "")
	case a.Service != service:
		return invalid(fmt.Sprintf("the ARN is of service %q, and this store is %q", a.Service, service), "")
	case !strings.HasPrefix(a.Resource, resource) || a.Resource == resource:
		return invalid(fmt.Sprintf("the ARN names no %s", strings.TrimRight(resource, ":/")), "")
	case !isRegion(a.Region):
		return invalid(fmt.Sprintf("the ARN's region %q is not shaped like one", a.Region), "")
	}
	return nil
}

func checkCharacters(s, allowed, what string) error {
	for _, r := range s {
		if !strings.ContainsRune(allowed, r) {
			return invalid(fmt.Sprintf("%s cannot hold %q", what, r), "")
		}
	}
	return nil
}

// invalid returns an untyped error, so that callers can compare with nil.
func invalid(message, hint string) error {
	return &providers.Error{Code: providers.InvalidRef, Message: message, Hint: hint}
}
