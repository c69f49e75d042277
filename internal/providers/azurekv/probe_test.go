package azurekv

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func TestProbe(t *testing.T) {
	f := newFixture(t)
	old, current := strings.Repeat("a", 32), strings.Repeat("b", 32)
	older := map[string]string{strings.Repeat("c", 32): "S3NTINEL-old"}
	f.Secrets["off"] = azuretest.Secret{Version: current, Older: older, Disabled: true}
	f.Secrets["gone"] = azuretest.Secret{Version: current, Deleted: true}
	f.Secrets["many"] = azuretest.Secret{Version: current, Older: older, Pages: true}
	st := f.open(t, asApp())
	tests := []struct {
		id, version string
		want        providers.Code // "" means that it is there
		says        string
	}{
		{"db-password", "", "", ""},
		{"db-password", current, "", ""},
		{"db-password", old, "", ""},
		{"db-password", strings.Repeat("d", 32), providers.VersionNotFound, "list-versions"},
		{"db-password", "../x", providers.InvalidRef, `"../x"`},
		{"off", "", providers.Disabled, "--enabled true"}, // although the last of the list is not
		{"off", current, providers.Disabled, "--enabled true"},
		{"off", strings.Repeat("c", 32), "", ""},
		{"gone", "", providers.Disabled, "az keyvault secret recover"},
		{"absent", "", providers.NotFound, `no secret "absent"`},
		{"absent", old, providers.NotFound, "no version"},
		{"many", "", providers.UnsupportedProvider, "more versions"},
		{"many", current, "", ""},
		{"many", old, providers.UnsupportedProvider, "more versions"},
	}
	for _, tt := range tests {
		err := st.Probe(t.Context(), providers.Ref{ID: tt.id, Version: tt.version})
		switch {
		case tt.want != "":
			wantError(t, err, tt.want, tt.says, "vault "+vaultHost)
		case err != nil:
			t.Errorf("Probe(%q, %q) = %+v, want nil", tt.id, tt.version, *err)
		}
	}
	for _, r := range f.Requests() {
		if strings.HasPrefix(r, "vault /secrets/") && !strings.HasSuffix(strings.TrimSuffix(r, " anonymous"), "/versions") {
			t.Errorf("Probe asks %q, which gives a value", r)
		}
	}
	if n := f.count("authority /" + azuretest.Tenant + "/oauth2/v2.0/token"); n != 1 {
		t.Errorf("logins = %d, want 1", n)
	}
}

// Who may read need not be allowed to see versions.
func TestProbeDenied(t *testing.T) {
	f := newFixture(t)
	f.app.NoList = true
	st := f.open(t, asApp())
	wantError(t, st.Probe(t.Context(), providers.Ref{ID: "db-password"}), providers.PermissionDenied, "secrets/list", "Status:403", "request-1")
	wantPassword(t, readOne(t, st, "db-password"))
	f.app.Only = []string{"db-password"}
	wantError(t, st.Probe(t.Context(), providers.Ref{ID: "db-pasword"}), providers.PermissionDenied, "Key Vault Secrets User", "check the name")
}

func TestProbeFaults(t *testing.T) {
	for _, body := range []string{"<html>S3NTINEL", "{}", `{"value": "S3NTINEL", "id": "x"}`, `{"value": [null]}`} {
		f := newFixture(t)
		f.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") == "" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
			return true
		}
		wantError(t, f.open(t, asApp()).Probe(t.Context(), providers.Ref{ID: "db-password"}), providers.Unavailable, "azure_key_vault_name")
	}
}

// A login that fails, fails for whoever asks.
func TestProbeLogin(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, asApp(keySecret, "S3NTINEL-wrong"))
	for range 2 {
		wantError(t, st.Probe(t.Context(), providers.Ref{ID: "db-password"}), providers.Unauthenticated, "secret is wrong", "Microsoft Entra ID")
	}
	wantError(t, readOne(t, st, "db-password").Err, providers.Unauthenticated, "secret is wrong")
	asked := slices.DeleteFunc(f.Requests(), func(r string) bool { return !strings.HasSuffix(r, "/token") })
	if len(asked) != 1 {
		t.Errorf("logins = %q, want 1", asked)
	}
}
