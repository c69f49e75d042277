package kubernetes

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestProbe(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db-password"] = map[string]string{"value": sentinel}
	c.denied = []string{"denied"}
	around, s := c.pod()
	st := mustOpen(t, s, around)
	tests := []struct {
		ref     providers.Ref
		code    providers.Code
		message string
	}{
		{providers.Ref{ID: "db-password"}, "", ""},
		{providers.Ref{ID: "/DB/password"}, "", ""},
		{providers.Ref{ID: "absent"}, providers.NotFound, `no Secret "absent" in namespace team-a`},
		{providers.Ref{ID: "denied"}, providers.PermissionDenied, "the verb get is not allowed"},
		{providers.Ref{ID: "db-password", Version: "3"}, providers.VersionNotFound, "keeps one version"},
		{providers.Ref{ID: "//"}, providers.InvalidRef, "cannot be the name"},
	}
	for _, tt := range tests {
		err := st.Probe(t.Context(), tt.ref)
		checkHarmless(t, err)
		switch {
		case tt.code == "" && err != nil:
			t.Errorf("Probe(%v) = %+v, want nil", tt.ref, *err)
		case tt.code != "" && (err == nil || err.Code != tt.code || !strings.Contains(err.Message, tt.message) || err.Place == "" || err.Identity == ""):
			t.Errorf("Probe(%v) = %+v, want %s with %q", tt.ref, err, tt.code, tt.message)
		}
		if value := base64.StdEncoding.EncodeToString([]byte(sentinel)); bytes.Contains(c.sent, []byte(value)) {
			t.Errorf("Probe(%v) is given the data: %s", tt.ref, c.sent)
		}
	}
}

// An answer in any other form is none.
func TestProbeAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		status     int
		want       providers.Code
	}{
		{"the Secret", `{"kind":"Secret","metadata":{"name":"a"},"data":{"value":"UzNOVElORUw="}}`, http.StatusOK, providers.Unavailable},
		{"no row", `{"kind":"Table","rows":[]}`, http.StatusOK, providers.Unavailable},
		{"another row", `{"kind":"Table","rows":[{"cells":["b"]}]}`, http.StatusOK, providers.Unavailable},
		{"login page", "<html>" + sentinel, http.StatusOK, providers.Unavailable},
		{"no table", `{"kind":"Status","reason":"NotAcceptable"}`, http.StatusNotAcceptable, providers.UnsupportedProvider},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.answer = func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept") != asTable || r.URL.RawQuery != "includeObject=None" {
					t.Errorf("asked for %q as %q, want a table without objects", r.URL.RawQuery, r.Header.Get("Accept"))
				}
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}
			around, s := c.pod()
			err := mustOpen(t, s, around).Probe(t.Context(), providers.Ref{ID: "a"})
			checkHarmless(t, err)
			if err == nil || err.Code != tt.want || err.RequestID != "audit-1" {
				t.Errorf("Probe = %+v, want %s with the audit id", err, tt.want)
			}
		})
	}
}

// shown gives a Secret in the form that is asked for, which is only the two that
// are of use here.
func shown(r *http.Request, name string, data map[string]string) map[string]any {
	if r.URL.RawQuery == "includeObject=None" && strings.Contains(r.Header.Get("Accept"), "as=Table") {
		return map[string]any{
			"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": map[string]string{"resourceVersion": "7"},
			"rows": []any{map[string]any{"cells": []any{name, "Opaque", len(data), "5m"}}},
		}
	}
	encoded := map[string][]byte{}
	for key, value := range data {
		encoded[key] = []byte(value)
	}
	return map[string]any{
		"kind": "Secret", "apiVersion": "v1", "data": encoded,
		"metadata": map[string]string{"name": name, "namespace": testNamespace, "resourceVersion": "7"},
	}
}
