package kubernetes_test

import (
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/kubernetes"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"openmetadata-database-mysvc-password", "/openmetadata/database/x/password", "a.b", "Special@#Characters", strings.Repeat("a", 253), "/OpenMetadata/" + strings.Repeat("a", 253)} {
		if err := kubernetes.Kind().CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v, want nil", id, err)
		}
	}
	for _, id := range []string{"", "/", "--", "é", strings.Repeat("a", 254)} {
		err := kubernetes.Kind().CheckID(id)
		var e *providers.Error
		if !errors.As(err, &e) || e.Code != providers.InvalidRef || e.Hint == "" {
			t.Errorf("CheckID(%q) = %v, want code %s and a hint", id, err, providers.InvalidRef)
		}
	}
}
