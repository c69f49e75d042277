package azurekv

import (
	"net/http"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// A hint names the settings of the store it is about.
func TestHintsOfNamedStore(t *testing.T) {
	cleanEnv(t)
	s := settings(keyTenant, azuretest.Tenant, keySecret, "S3NTINEL")
	_, err := open(s, &http.Transport{})
	wantError(t, err, providers.Config, "set azure_client_id in section [openmetadata_secrets_manager] of airflow.cfg", "variable AZURE_CLIENT_ID")
	s.Store = "Prod"
	_, err = open(s, &http.Transport{})
	wantError(t, err, providers.Config, "set azure_client_id in section [openmetadata_secrets_manager:prod]")
}
