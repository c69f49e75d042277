package gcp

import (
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

// A hint names the settings of the store it is about.
func TestHintsOfNamedStore(t *testing.T) {
	for store, want := range map[string]string{
		"":     "in section [openmetadata_secrets_manager] of airflow.cfg",
		"Prod": "in section [openmetadata_secrets_manager:prod] of airflow.cfg",
	} {
		s := settings(keyCredential, pinFile)
		s.Store = store
		_, err := choose(s)
		if err == nil || err.Code != providers.Config || !strings.HasPrefix(err.Hint, "set "+keyFile+" "+want) {
			t.Errorf("choose() of store %q = %+v, want a hint %q", store, err, want)
		}
		s = settings(keyFile, gcptest.Write(t, "user.json", gcptest.UserFile()))
		s.Store = store
		st, err := open(s)
		if err != nil {
			t.Fatal(err)
		}
		_, err = read(t, st, "db", "")
		if err == nil || err.Code != providers.Config || !strings.HasPrefix(err.Hint, "set "+keyProject+" "+want) {
			t.Errorf("Read() of store %q = %+v, want a hint %q", store, err, want)
		}
	}
}
