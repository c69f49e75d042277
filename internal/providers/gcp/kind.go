// Package gcp reads secrets from Google Secret Manager: its REST interface with
// net/http, and application default credentials through
// golang.org/x/oauth2/google. Google's own client would link gRPC, which doubles
// the program's size and start-up.
//
// Opening a store reads the credentials file and nothing else. The first Read
// fetches an access token, which all others share, and asks the metadata server
// for the project where nothing else names one. The metadata server is asked
// only when there is no credentials file, or when gcp_credential pins it.
package gcp

import (
	"context"

	"om-secret-exec/internal/providers"
)

const title = "Google Secret Manager"

// The names of the settings. Upstream knows the first one.
const (
	keyProject     = "project_id"
	keyLocation    = "gcp_location"
	keyEndpoint    = "gcp_endpoint"
	keyUniverse    = "gcp_universe_domain"
	keyCredential  = "gcp_credential"
	keyFile        = "gcp_credentials_file"
	keyImpersonate = "gcp_impersonate_service_account"
	keyQuota       = "gcp_quota_project"
)

// Kind describes Google Secret Manager: OpenMetadata's one setting, the project,
// and beyond it what an operator of several projects and identities needs.
// Settings without a variable of OpenMetadata's or Google's have one of ours.
func Kind() providers.Kind {
	return providers.Kind{
		Names: []string{"gcp"},
		Title: title,
		Keys:  append(places(), credentials()...), Variables: sdkVariables(),
		CheckID: checkID, Warnings: warnings,
		Open: func(_ context.Context, s providers.Settings) (providers.Store, error) {
			st, err := open(s)
			if err != nil {
				return nil, err
			}
			return st, nil
		},
	}
}

func places() []providers.Key {
	return []providers.Key{
		{
			// OpenMetadata's documentation prints gcp_project_id, its code reads
			// project_id. Not required: the store can take the project from the
			// credentials.
			Name: keyProject, Also: []string{"gcp_project_id"}, Vars: projectVariables(),
			Text: "project that holds the secrets (the credentials' own)",
		},
		{
			Name: keyLocation, Vars: []string{"OM_SECRET_EXEC_GCP_LOCATION"},
			Text: "region, for regional secrets (none: global ones)",
		},
		{
			Name: keyEndpoint, Vars: []string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"},
			Text: "address of the service (Google's)",
		},
		{
			Name: keyUniverse, Vars: []string{"GOOGLE_CLOUD_UNIVERSE_DOMAIN"},
			Text: "domain of a sovereign cloud (the credentials' own)",
		},
	}
}

// projectVariables are OpenMetadata's variable, then older ones of Google's.
func projectVariables() []string {
	return []string{"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GCP_PROJECT"}
}

func credentials() []providers.Key {
	return []providers.Key{
		{
			Name: keyCredential, Vars: []string{"OM_SECRET_EXEC_GCP_CREDENTIAL"}, Role: providers.Credential,
			Text: "the one kind of credential to use: default, file, metadata; default tries them in Google's order (default)",
		},
		{
			Name: keyFile, Vars: []string{variableFile}, Role: providers.Credential,
			Text: "key of a service account, or configuration of a workload identity, a file",
		},
		{
			Name: keyImpersonate, Role: providers.Credential,
			Vars: []string{"CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"},
			Text: "service account to read as, after those to go through, separated by commas",
		},
		{
			Name: keyQuota, Vars: []string{variableQuota}, Role: providers.Option,
			Text: "project that pays for the requests",
		},
	}
}

// sdkVariables lead to credentials that the libraries and the gcloud command
// find by themselves.
func sdkVariables() []string {
	return []string{
		variableConfig, variableMetadata, "GCE_METADATA_ROOT", "GCE_METADATA_IP", variableExecutables,
		"CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
	}
}
