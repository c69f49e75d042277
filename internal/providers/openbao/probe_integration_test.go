//go:build integration

package openbao_test

import (
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func TestProbeOnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("probe", "2")
	for _, id := range []string{"there", "gone", "destroyed", "later", "other"} {
		a.put("probe", id, object{"value": "first"})
	}
	a.write("probe/metadata/later", object{"delete_version_after": "1h"})
	a.put("probe", "later", object{"value": "second"})
	a.call(http.MethodDelete, "probe/data/gone", nil)
	a.write("probe/destroy/destroyed", object{"versions": []int{1}})
	a.write("probe/metadata/hollow", object{"max_versions": 3})
	a.policy("probe", "probe/metadata/there", "probe/data/other")
	store := openStore(t, a.settings("openbao_mount", "probe"))
	token := openStore(t, a.settings("openbao_mount", "probe", "openbao_token", a.token("probe")))
	tests := []struct {
		store       providers.Store
		id, version string
		code        providers.Code
		message     string
	}{
		{store: store, id: "there"},
		{store: store, id: "/there", version: "1"},
		{store: store, id: "later"},
		{store: store, id: "there", version: "2", code: providers.VersionNotFound, message: "no version 2, its last is 1"},
		{store: store, id: "gone", code: providers.Disabled, message: "was deleted"},
		{store: store, id: "destroyed", code: providers.VersionNotFound, message: "was destroyed"},
		{store: store, id: "hollow", code: providers.NotFound},
		{store: store, id: "absent", code: providers.NotFound},
		{store: store, id: "absent", version: "1", code: providers.NotFound},
		{store: token, id: "there"},
		{store: token, id: "other", code: providers.PermissionDenied, message: "probe/metadata/other"},
	}
	for _, tt := range tests {
		err := probed(t, tt.store, tt.id, tt.version)
		if tt.code == "" && err != nil {
			t.Errorf("Probe(%q, %q) = %v, want nil", tt.id, tt.version, err)
		}
		if tt.code != "" {
			failsWith(t, "Probe("+tt.id+", "+tt.version+")", err, tt.code, tt.message)
		}
	}
	want{id: "other", value: "first"}.check(t, token)
	want{id: "hollow", code: providers.NotFound}.check(t, store)
	nowhere := probed(t, openStore(t, a.settings("openbao_mount", "nowhere")), "a", "")
	failsWith(t, "Probe() of no mount", nowhere, providers.Config, `no engine is mounted at "nowhere"`)
}

// With the engine's version asked for, version 1 is told from version 2.
func TestProbeVersion1OnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("probe1", "1")
	a.write("probe1/there", object{"value": "v"})
	store := openStore(t, a.settings("openbao_mount", "probe1", "openbao_kv_version", "auto"))
	err := probed(t, store, "there", "")
	failsWith(t, "Probe()", err, providers.UnsupportedProvider, "version 1")
	if err != nil && !strings.Contains(err.Place, "probe1") {
		t.Errorf("place = %q, want the mount in it", err.Place)
	}
}
