package aws

import (
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// A named store's settings are not those of the main section.
func TestHintsOfNamedStores(t *testing.T) {
	s := providers.Settings{Store: "billing", Loader: "auto"}
	for name, hint := range map[string]string{"region": regionHint(s), "key": keysHint(s)} {
		for _, part := range []string{"[openmetadata_secrets_manager:billing]", "OM_SECRET_EXEC_STORE_<NAME>_AWS_"} {
			if !strings.Contains(hint, part) {
				t.Errorf("%s: the hint %q does not name %s", name, hint, part)
			}
		}
	}
}
