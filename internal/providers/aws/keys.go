package aws

import "om-secret-exec/internal/providers"

// The names of the settings. Upstream knows the first three.
const (
	keyRegion       = "aws_region"
	keyAccessKey    = "aws_access_key_id"
	keySecretKey    = "aws_secret_access_key"
	keySessionToken = "aws_session_token"
	keyProfile      = "aws_profile"
	keyTokenFile    = "aws_web_identity_token_file"
	keyTokenRole    = "aws_web_identity_role_arn"
	keyCredential   = "aws_credential"
	keyRole         = "aws_role_arn"
	keyExternalID   = "aws_external_id"
	keySessionName  = "aws_role_session_name"
	keyEndpoint     = "aws_endpoint_url"
)

// keys returns the table of settings. It is the same for both services but for
// the variable that overrides one service's endpoint, which wins over the
// general one as it does in the SDK.
//
// AWS_ROLE_ARN is the role of a web identity in every SDK, so that the role to
// assume with other credentials has a variable of our own.
func keys(svc *service) []providers.Key {
	return append([]providers.Key{
		{
			Name: keyRegion, Vars: []string{"AWS_DEFAULT_REGION", "AWS_REGION"}, Role: providers.Place,
			Text: "region to read from, such as eu-west-1; without it the profile's",
		},
		{
			Name: keyEndpoint, Vars: []string{svc.endpointVar, "AWS_ENDPOINT_URL"}, Role: providers.Place,
			Text: "URL of the service where it is not AWS's public one",
		},
	}, credentialKeys()...)
}

func credentialKeys() []providers.Key {
	return []providers.Key{
		{
			Name: keyAccessKey, Vars: []string{"AWS_ACCESS_KEY_ID"}, Role: providers.Credential,
			Needs: []string{keySecretKey}, AirflowNeeds: keyRegion,
			Text: "access key id",
		},
		{
			Name: keySecretKey, Vars: []string{"AWS_SECRET_ACCESS_KEY"}, Role: providers.Credential, Secret: true,
			Needs: []string{keyAccessKey}, AirflowNeeds: keyRegion,
			Text: "secret access key",
		},
		{
			Name: keySessionToken, Vars: []string{"AWS_SESSION_TOKEN"}, Role: providers.Credential, Secret: true,
			Needs: []string{keyAccessKey, keySecretKey}, AirflowNeeds: keyRegion,
			Text: "session token of a temporary access key",
		},
		{
			Name: keyProfile, Vars: []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}, Role: providers.Credential,
			Text: "profile of the AWS configuration files",
		},
		{
			Name: keyTokenFile, Vars: []string{"AWS_WEB_IDENTITY_TOKEN_FILE"}, Role: providers.Credential,
			Needs: []string{keyTokenRole},
			Text:  "file with a web identity token, as EKS mounts it",
		},
		{
			Name: keyTokenRole, Vars: []string{"AWS_ROLE_ARN"}, Role: providers.Credential,
			Text: "role that the web identity token is exchanged for",
		},
		{
			Name: keyCredential, Vars: []string{"OM_SECRET_EXEC_AWS_CREDENTIAL"}, Role: providers.Credential,
			Default: credentialDefault,
			Text:    "the one kind of credential to use: " + credentialNames() + "; default tries them in the SDK's order",
		},
		{
			Name: keyRole, Vars: []string{"OM_SECRET_EXEC_AWS_ASSUME_ROLE_ARN"}, Role: providers.Credential,
			Text: "role to assume with the credentials found",
		},
		{
			Name: keyExternalID, Vars: []string{"OM_SECRET_EXEC_AWS_EXTERNAL_ID"}, Role: providers.Credential,
			Needs: []string{keyRole},
			Text:  "external id that the role to assume asks for",
		},
		{
			Name: keySessionName, Vars: []string{"AWS_ROLE_SESSION_NAME"}, Role: providers.Credential,
			Text: "session name of an assumed role, as CloudTrail shows it",
		},
	}
}

// sdkVariables lead to credentials that the SDKs, also old ones, find by
// themselves: a container's, and the files of the AWS configuration.
func sdkVariables() []string {
	return []string{
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
		"AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SECURITY_TOKEN",
	}
}
