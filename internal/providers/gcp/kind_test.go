package gcp_test

import (
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{
		"openmetadata_database_mysvc_password", "A-1", strings.Repeat("a", 255),
		"projects/p/secrets/s", "projects/example.com:p/locations/europe-west3/secrets/s/versions/7",
	} {
		if err := gcp.Kind().CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v, want nil", id, err)
		}
	}
	for _, id := range []string{
		"", "/team/password", "a.b", "é", "a\n", strings.Repeat("a", 256), "secrets/s", "projects//secrets/s",
		"projects/p/secrets/", "projects/p/secrets/s/", "projects/p/secrets/s/versions/", "projects/p/secrets/../s",
		"projects/p?x/secrets/s", "projects/p/locations/a.b/secrets/s", "//secretmanager.evil", "//other/projects/p/secrets/s",
	} {
		err := gcp.Kind().CheckID(id)
		var e *providers.Error
		if !errors.As(err, &e) || e.Code != providers.InvalidRef || e.Hint == "" {
			t.Errorf("CheckID(%q) = %v, want code %s and a hint", id, err, providers.InvalidRef)
		}
	}
}
