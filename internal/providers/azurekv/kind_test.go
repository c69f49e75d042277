package azurekv_test

import (
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"openmetadata-database-mysvc-password", "A", strings.Repeat("a", 127)} {
		if err := azurekv.Kind().CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v, want nil", id, err)
		}
	}
	for _, id := range []string{"", "/team/password", "a_b", "a.b", "a/b", "é", "a\n", strings.Repeat("a", 128)} {
		err := azurekv.Kind().CheckID(id)
		var e *providers.Error
		if !errors.As(err, &e) || e.Code != providers.InvalidRef || e.Hint == "" {
			t.Errorf("CheckID(%q) = %v, want code %s and a hint", id, err, providers.InvalidRef)
		}
	}
}
