package kubernetes

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

func TestRead(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db-password"] = map[string]string{"value": sentinel + "\n", "user": "ann", "empty": ""}
	c.secrets["empty"] = map[string]string{"value": ""}
	c.secrets["binary"] = map[string]string{"value": "\xff\x00"}
	c.secrets["fields-only"] = map[string]string{"username": "ann"}
	c.secrets["bare"] = nil
	long := strings.Repeat("a", 253)
	c.secrets[long] = map[string]string{"value": "cut"}
	around, s := c.pod()
	st := mustOpen(t, s, around)
	tests := []struct {
		id, name string
		value    []byte
		fields   map[string][]byte
	}{
		{"db-password", "db-password", []byte(sentinel + "\n"), map[string][]byte{"value": []byte(sentinel + "\n"), "user": []byte("ann"), "empty": {}}},
		{"/DB/password", "db-password", []byte(sentinel + "\n"), map[string][]byte{"value": []byte(sentinel + "\n"), "user": []byte("ann"), "empty": {}}},
		{"empty", "empty", []byte{}, map[string][]byte{"value": {}}},
		{"binary", "binary", []byte("\xff\x00"), map[string][]byte{"value": []byte("\xff\x00")}},
		{"fields-only", "fields-only", nil, map[string][]byte{"username": []byte("ann")}},
		{"bare", "bare", nil, map[string][]byte{}},
		{"/" + long + "/password", long, []byte("cut"), map[string][]byte{"value": []byte("cut")}},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			got, err := get(t, st, tt.id)
			if err != nil {
				t.Fatalf("Read(%q) = %+v", tt.id, *err)
			}
			want := providers.Source{Name: tt.name, Version: "7", Place: got.Source.Place, Identity: got.Source.Identity, Note: got.Source.Note}
			if noted := got.Source.Note != ""; noted != (tt.name != tt.id) || want.Place == "" || want.Identity == "" {
				t.Errorf("Read(%q) comes from %+v, want place, identity, and a note if the name differs", tt.id, got.Source)
			}
			if got.Source != want || !cmp.Equal(got.Value, tt.value) || !cmp.Equal(got.Fields, tt.fields) {
				t.Errorf("Read(%q) = %q %q %v, want %q %q %v", tt.id, got.Value, got.Fields, got.Source, tt.value, tt.fields, want)
			}
			if asked := c.asked(); len(asked) != 1 || asked[0] != "GET /api/v1/namespaces/team-a/secrets/"+tt.name {
				t.Errorf("Read(%q) asked %q, want one GET of %s", tt.id, asked, tt.name)
			}
		})
	}
}

func TestReadRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.denied = []string{"denied"}
	around, s := c.pod()
	st := mustOpen(t, s, around)
	tests := []struct {
		name          string
		ref           providers.Ref
		code          providers.Code
		message, hint string
		requests      int
	}{
		{"absent", providers.Ref{ID: "absent"}, providers.NotFound, `no Secret "absent" in namespace team-a`, "kubectl --namespace team-a get secret absent", 1},
		{"absent, cleaned", providers.Ref{ID: "/Prod/absent"}, providers.NotFound, `Secret "prod-absent" (the cleaned form of "/Prod/absent")`, "kubernetes_namespace", 1},
		{"denied", providers.Ref{ID: "denied"}, providers.PermissionDenied, `get is not allowed on Secret "denied"`, "system:serviceaccount:team-a:ingestion in namespace team-a to a Role with {apiGroups: [\"\"], resources: [secrets], verbs: [get], resourceNames: [denied]}", 1},
		{"version", providers.Ref{ID: "x", Version: "3"}, providers.VersionNotFound, "keeps one version", "remove ?version=", 0},
		{"no name", providers.Ref{ID: "//"}, providers.InvalidRef, "cannot be the name", "253", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := st.Read(t.Context(), []providers.Ref{tt.ref})[0]
			checkHarmless(t, got.Err)
			if got.Err == nil || got.Err.Code != tt.code || !strings.Contains(got.Err.Message, tt.message) || !strings.Contains(got.Err.Hint, tt.hint) {
				t.Fatalf("Read(%v) = %+v, want %s, %q, hint %q", tt.ref, got.Err, tt.code, tt.message, tt.hint)
			}
			if want := "Kubernetes Secrets, namespace team-a (the pod's own), server " + c.URL; got.Err.Place != want {
				t.Errorf("Place = %q, want %q", got.Err.Place, want)
			}
			if tt.requests > 0 && (got.Err.RequestID != "audit-1" || got.Err.Status == 0 || !strings.Contains(got.Err.Identity, "system:serviceaccount:team-a:ingestion")) {
				t.Errorf("error = %+v, want a status, the audit id and the identity", *got.Err)
			}
			if asked := c.asked(); len(asked) != tt.requests {
				t.Errorf("%d requests: %q, want %d", len(asked), asked, tt.requests)
			}
		})
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	refs := []providers.Ref{{ID: "a"}, {ID: "b"}, {ID: "c", Version: "1"}}
	got := new(Store).Plan(refs)
	want := [][]providers.Ref{{refs[0]}, {refs[1]}, {refs[2]}}
	if !cmp.Equal(got, want) {
		t.Errorf("Plan = %v, want %v", got, want)
	}
}

func TestEndOfContext(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, s := c.pod()
	st := mustOpen(t, s, around)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := st.Read(ctx, []providers.Ref{{ID: "a"}})[0].Err
	if got == nil || got.Code != providers.Cancelled || got.Place == "" {
		t.Errorf("Read after the end = %+v, want CANCELLED with a place", got)
	}
}
