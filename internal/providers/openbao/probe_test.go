package openbao_test

import (
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// probed asks without reading, and checks an error for completeness.
func probed(t *testing.T, store providers.Store, id, version string) *providers.Error {
	t.Helper()
	err := store.(providers.Prober).Probe(t.Context(), providers.Ref{ID: id, Version: version})
	if err != nil {
		complete(t, err)
	}
	return err
}

const described = `{"request_id": "11111111-2222", "data": {"current_version": 7, "oldest_version": 3,
	"custom_metadata": {"owner": "S3NTINEL"}, "versions": {
	"3": {"deletion_time": "", "destroyed": false},
	"4": {"deletion_time": "2020-01-02T03:04:05.678901234Z", "destroyed": false},
	"5": {"deletion_time": "2020-01-02T03:04:05Z", "destroyed": true},
	"6": {"deletion_time": "2999-01-02T03:04:05Z", "destroyed": false},
	"7": {"deletion_time": "", "destroyed": false}}}}`

func TestProbe(t *testing.T) {
	tests := []struct {
		version       string
		status        int
		body          string
		code          providers.Code // "" means that it is there
		message, hint string
	}{
		{"", http.StatusOK, described, "", "", ""},
		{"3", http.StatusOK, described, "", "", ""},
		{"6", http.StatusOK, described, "", "", ""}, // it is deleted later
		{"4", http.StatusOK, described, providers.Disabled, "version 4 of the entry was deleted", "kv undelete"},
		{"5", http.StatusOK, described, providers.VersionNotFound, "version 5 of the entry was destroyed", "older version"},
		{"2", http.StatusOK, described, providers.VersionNotFound, "no version 2, its last is 7", "max_versions"},
		{"x", http.StatusOK, described, providers.InvalidRef, "not a version", "from 1"},
		{"", http.StatusOK, `{"data": {"current_version": 0, "versions": {}}}`, providers.NotFound, "no entry", "check the id"},
		{"", http.StatusOK, "<html>S3NTINEL", providers.Unavailable, "not one of the server's", "openbao_address"},
		{"", http.StatusOK, entry(`{"value": "S3NTINEL"}`), providers.Unavailable, "not one of the server's", "openbao_address"},
		{"9", http.StatusNotFound, `{"errors": []}`, providers.NotFound, "no entry", "check the id"},
		{"", http.StatusNotFound, `{"errors": ["no handler for route"]}`, providers.Config, "no engine is mounted", "openbao_mount"},
		{"", http.StatusForbidden, `{"errors": ["1 error occurred:\n\t* permission denied\n\n"]}`, providers.PermissionDenied, `reading "secret/metadata/a" is not allowed`, `path "secret/metadata/a"`},
		{"", http.StatusForbidden, `{"errors": ["permission denied"]}`, providers.Unauthenticated, "does not know the token", "token lookup"},
		{"", http.StatusServiceUnavailable, `{"errors": ["Vault is sealed"]}`, providers.Unavailable, "sealed", "unseal"},
	}
	for _, tt := range tests {
		t.Run(tt.version+string(tt.code)+tt.message, func(t *testing.T) {
			f := serve(t, always(tt.status, tt.body))
			err := probed(t, openStore(t, settings(f.URL)), "a", tt.version)
			if tt.code == "" {
				if err != nil {
					t.Errorf("Probe(version %q) = %v, want nil", tt.version, err)
				}
			} else {
				failsWith(t, "Probe(version "+tt.version+")", err, tt.code, tt.message)
				if err != nil && !strings.Contains(err.Hint, tt.hint) {
					t.Errorf("hint = %q, want %q in it", err.Hint, tt.hint)
				}
			}
			for _, asked := range f.paths() {
				if asked != "GET secret/metadata/a" {
					t.Errorf("asked %s, want the metadata alone", asked)
				}
			}
		})
	}
}

// Version 1 of the engine is not asked: its answer would be the data.
func TestProbeVersion1(t *testing.T) {
	f := serve(t, always(http.StatusOK, `{"data": {"value": "S3NTINEL"}}`))
	err := probed(t, openStore(t, settings(f.URL, "openbao_kv_version", "1")), "a", "")
	failsWith(t, "Probe()", err, providers.UnsupportedProvider, "version 1 of the key-value engine")
	if len(f.requests) != 0 {
		t.Errorf("asked %q, want nothing", f.paths())
	}
}
