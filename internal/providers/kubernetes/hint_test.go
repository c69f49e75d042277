package kubernetes

import (
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// A hint names the settings of the store it is about.
func TestHintsOfNamedStore(t *testing.T) {
	t.Parallel()
	for store, want := range map[string]string{
		"":     "set " + keyKubeconfig + " in section [openmetadata_secrets_manager] of airflow.cfg",
		"Prod": "set " + keyKubeconfig + " in section [openmetadata_secrets_manager:prod] of airflow.cfg",
	} {
		for _, pairs := range [][]string{nil, {keyKubeconfig, filepath.Join(t.TempDir(), "absent")}} {
			s := settings(map[string]string{"HOME": t.TempDir()}, pairs...)
			s.Store = store
			_, err := open(s, surroundings{pod: t.TempDir()})
			if err == nil || err.Code != providers.Config || !strings.HasPrefix(err.Hint, want) {
				t.Errorf("open(%q) of store %q = %+v, want a hint %q", pairs, store, err, want)
			}
		}
	}
}
