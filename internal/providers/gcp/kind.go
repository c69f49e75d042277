// Package gcp is Google Secret Manager. This build knows its settings and what
// its ids may be; it cannot read from it yet, so [Kind] has no Open.
package gcp

import (
	"fmt"
	"regexp"

	"om-secret-exec/internal/providers"
)

const maxID = 255 // bytes

// idRule is the service's own rule. A full resource name is no id: OpenMetadata
// wraps every id in the project's path.
var idRule = regexp.MustCompile(`^[0-9A-Za-z_-]+$`)

// Kind describes Google Secret Manager: OpenMetadata's one setting, the project,
// and beyond it what an operator of several projects and identities needs.
// Settings without a variable of OpenMetadata's or Google's have one of ours.
func Kind() providers.Kind {
	return providers.Kind{
		Names:   []string{"gcp"},
		Title:   "Google Secret Manager",
		Keys:    append(places(), credentials()...),
		CheckID: checkID,
	}
}

func places() []providers.Key {
	return []providers.Key{
		{
			// OpenMetadata's documentation prints gcp_project_id, its code reads
			// project_id. Not required: the store can take the project from the
			// credentials.
			Name: "project_id", Also: []string{"gcp_project_id"},
			Vars: []string{"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GCP_PROJECT"},
			Text: "project that holds the secrets (the credentials' own)",
		},
		{
			Name: "gcp_location", Vars: []string{"OM_SECRET_EXEC_GCP_LOCATION"},
			Text: "region, for regional secrets (none: global ones)",
		},
		{
			Name: "gcp_endpoint", Vars: []string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"},
			Text: "address of the service (Google's)",
		},
		{
			Name: "gcp_universe_domain", Vars: []string{"GOOGLE_CLOUD_UNIVERSE_DOMAIN"},
			Text: "domain of a sovereign cloud (the credentials' own)",
		},
	}
}

func credentials() []providers.Key {
	return []providers.Key{
		{
			Name: "gcp_credential", Vars: []string{"OM_SECRET_EXEC_GCP_CREDENTIAL"}, Role: providers.Credential,
			Text: "file or metadata (application default credentials)",
		},
		{
			Name: "gcp_credentials_file", Vars: []string{"GOOGLE_APPLICATION_CREDENTIALS"},
			Role: providers.Credential,
			Text: "key of a service account, or configuration of a workload identity, a file",
		},
		{
			Name: "gcp_impersonate_service_account", Role: providers.Credential,
			Vars: []string{"CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"},
			Text: "service account to read as",
		},
		{
			Name: "gcp_quota_project", Vars: []string{"GOOGLE_CLOUD_QUOTA_PROJECT"},
			Role: providers.Option, Text: "project that pays for the requests",
		},
	}
}

func checkID(id string) error {
	if len(id) <= maxID && idRule.MatchString(id) {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the id of a secret in Google Secret Manager", id),
		Hint:    "ids are 1 to 255 letters, digits, dashes and underscores, without the project's path",
	}
}
