package gcp

import (
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

func probe(t *testing.T, st *store, id, version string) (string, *providers.Error) {
	t.Helper()
	err := st.Probe(t.Context(), providers.Ref{ID: id, Version: version})
	if err == nil {
		return "", nil
	}
	check(t, err)
	return string(err.Code) + ": " + err.Message, err
}

func TestProbe(t *testing.T) {
	w := newWorld(t)
	w.GrantView(gcptest.Reader)
	w.Put("projects/prod-1/secrets/off", gcptest.Version{Data: []byte("v"), State: "DISABLED"}, gcptest.Version{State: "DESTROYED"})
	w.Put("projects/prod-1/secrets/new", gcptest.Version{State: "STATE_UNSPECIFIED"})
	w.Put("projects/prod-1/locations/europe-west3/secrets/db", gcptest.Version{Data: []byte("regional")})
	tests := []struct{ id, version, want string }{
		{"db", "", ""},
		{"db", "1", ""},
		{"projects/prod-1/locations/europe-west3/secrets/db", "", ""},
		{"db", "9", `VERSION_NOT_FOUND: the secret "db" has no version "9"`},
		{"off", "1", `DISABLED: version "1" of the secret "off" is disabled`},
		{"off", "", `DISABLED: version "latest" of the secret "off" was destroyed`},
		{"new", "", "UNSUPPORTED_PROVIDER: the version is there, in a state that is not known here"},
		{"absent", "", `NOT_FOUND: there is no secret "absent", or it has no version`},
		{"db", "../x", `INVALID_REF: "../x" cannot be a version`},
	}
	st := w.keyed(t)
	for _, tt := range tests {
		got, err := probe(t, st, tt.id, tt.version)
		if got != tt.want {
			t.Errorf("Probe(%q, version %q) = %q, want %q", tt.id, tt.version, got, tt.want)
		}
		if err != nil && err.Code != providers.InvalidRef && (err.Place == "" || err.Identity == "" || err.Status == 0) {
			t.Errorf("Probe(%q) = %+v, want place, identity and status", tt.id, err)
		}
	}
	if asked := w.asked(t); strings.Contains(asked, access) {
		t.Errorf("Probe asks for values:\n%s", asked)
	}
}

// Who may read values may not see versions with that.
func TestProbeDenied(t *testing.T) {
	got, err := probe(t, newWorld(t).keyed(t), "db", "")
	const want = "PERMISSION_DENIED: secretmanager.versions.get is not allowed on projects/prod-1/secrets/db"
	if got != want || !strings.Contains(err.Hint, "roles/secretmanager.viewer") {
		t.Errorf("Probe() = %q, %+v, want %q and the role that has it", got, err, want)
	}
}

func TestProbeFaults(t *testing.T) {
	w := newWorld(t)
	w.GrantView(gcptest.Reader)
	tests := []struct {
		body   string
		status int
		want   providers.Code
	}{
		{"<html>S3NTINEL</html>", http.StatusOK, providers.Unavailable},
		{"{}", http.StatusOK, providers.Unavailable},
		{"", http.StatusServiceUnavailable, providers.Unavailable},
		{"", http.StatusTooManyRequests, providers.Throttled},
	}
	for _, tt := range tests {
		w.Break("secretmanager.googleapis.com", text(tt.status, tt.body))
		if got, err := probe(t, w.keyed(t), "db", ""); err == nil || err.Code != tt.want {
			t.Errorf("Probe() of an answer %d %q = %q, want %s", tt.status, tt.body, got, tt.want)
		}
	}
}
