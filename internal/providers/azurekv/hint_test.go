package azurekv

import (
	"net/http"
	"strings"
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

// A tenant and a client id alone are a managed identity's, and may have been
// meant as an application's.
func TestApplicationWithoutSecret(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, settings(keyTenant, azuretest.Tenant, keyClient, clientID))
	for name, h := range map[string]http.Handler{"refuses": f.Metadata(), "is not there": nil} {
		f.metadata(t, h)
		err := readOne(t, st, "db-password").Err
		if err == nil || !strings.Contains(err.Hint, "if it is an application, set azure_client_secret") {
			t.Errorf("Read() when the metadata service %s = %+v, want a hint at %s", name, err, keySecret)
		}
		st = f.open(t, settings(keyTenant, azuretest.Tenant, keyClient, clientID))
	}
}
