package openbao_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

func TestFields(t *testing.T) {
	const text = `{"value": "a\u00e9\n\"", "n": 12345678901234567890.10, "t": true, "null": null, "o": { "a" : [1.0, "x y"] }, "empty": ""}`
	fields := map[string]string{
		"value": "aé\n\"", "n": "12345678901234567890.10", "t": "true", "null": "null", "o": `{"a":[1.0,"x y"]}`, "empty": "",
	}
	tests := []struct {
		name, kv, body string
		value          *string
		fields         map[string]string
		source         providers.Source
	}{
		{"version 2", "2", entry(text), new("aé\n\""), fields, providers.Source{Name: "secret/data/a/b", Version: "3"}},
		{"version 1", "1", `{"data": ` + text + `}`, new("aé\n\""), fields, providers.Source{Name: "secret/a/b"}},
		{"number", "2", entry(`{"value": 1.50}`), new("1.50"), map[string]string{"value": "1.50"}, providers.Source{Name: "secret/data/a/b", Version: "3"}},
		{"empty value", "1", `{"data": {"value": ""}}`, new(""), map[string]string{"value": ""}, providers.Source{Name: "secret/a/b"}},
		{"null value", "1", `{"data": {"value": null}}`, nil, map[string]string{"value": "null"}, providers.Source{Name: "secret/a/b"}},
		{"no value", "1", `{"data": {"user": "u"}}`, nil, map[string]string{"user": "u"}, providers.Source{Name: "secret/a/b"}},
		{"no fields", "1", `{"data": {}}`, nil, map[string]string{}, providers.Source{Name: "secret/a/b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, always(http.StatusOK, tt.body))
			r := read(t.Context(), t, openStore(t, settings(f.URL, "openbao_kv_version", tt.kv)), "/a/b", "")
			if r.Err != nil {
				t.Fatalf("Read() = %v", r.Err)
			}
			got := map[string]string{}
			for name, v := range r.Secret.Fields {
				got[name] = string(v)
			}
			if diff := cmp.Diff(tt.fields, got); diff != "" {
				t.Errorf("fields differ (-want +got):\n%s", diff)
			}
			if (r.Secret.Value == nil) != (tt.value == nil) || tt.value != nil && string(r.Secret.Value) != *tt.value {
				t.Errorf("value = %q, want %v", r.Secret.Value, tt.value)
			}
			if from := r.Secret.Source; from.Name != tt.source.Name || from.Version != tt.source.Version {
				t.Errorf("source = %+v, want %+v", from, tt.source)
			}
			if len(f.requests) != 1 {
				t.Errorf("%d requests, want 1", len(f.requests))
			}
		})
	}
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name, id, version string
		pairs             []string
		want              string
	}{
		{"plain", "a/b", "", nil, "/v1/secret/data/a/b"},
		{"slashes before", "//a", "", nil, "/v1/secret/data/a"},
		{"odd characters", "a b/c?d#e%2Ff+é", "", nil, "/v1/secret/data/a%20b/c%3Fd%23e%252Ff+%C3%A9"},
		{"dots in names", "..a/b..", "", nil, "/v1/secret/data/..a/b.."},
		{"version", "a", "7", nil, "/v1/secret/data/a?version=7"},
		{"version 1", "a", "", []string{"openbao_kv_version", "1"}, "/v1/secret/a"},
		{"mount", "a", "", []string{"openbao_mount", "/kv/team x/"}, "/v1/kv/team%20x/data/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, always(http.StatusOK, entry(`{"value": "v"}`)))
			s := settings(f.URL+"/", append([]string{"openbao_namespace", "/team/a/"}, tt.pairs...)...)
			s.UserAgent = "om-secret-exec/1"
			read(t.Context(), t, openStore(t, s), tt.id, tt.version)
			if len(f.requests) != 1 {
				t.Fatalf("%d requests, want 1", len(f.requests))
			}
			r := f.requests[0]
			if got := r.URL.RequestURI(); r.Method != http.MethodGet || got != tt.want {
				t.Errorf("request %s %s, want GET %s", r.Method, got, tt.want)
			}
			for name, want := range map[string]string{
				"X-Vault-Token": sentinel + "-token", "X-Vault-Namespace": "team/a", "X-Vault-Request": "true", "User-Agent": "om-secret-exec/1",
			} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("header %s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

// A reverse proxy may serve the API below a path.
func TestAddressWithPath(t *testing.T) {
	f := serve(t, always(http.StatusOK, entry(`{"value": "v"}`)))
	value(t, openStore(t, settings(f.URL+"/bao/")))
	if got := f.requests[0].URL.Path; got != "/bao/v1/secret/data/a" {
		t.Errorf("request for %s, want /bao/v1/secret/data/a", got)
	}
	if got := f.requests[0].Header.Values("X-Vault-Namespace"); got != nil {
		t.Errorf("namespace %q, want none", got)
	}
}

func TestPlan(t *testing.T) {
	refs := []providers.Ref{{ID: "a"}, {ID: "b", Version: "1"}}
	got := openStore(t, settings("http://127.0.0.1:1")).Plan(refs)
	if diff := cmp.Diff([][]providers.Ref{{refs[0]}, {refs[1]}}, got); diff != "" {
		t.Errorf("Plan() (-want +got):\n%s", diff)
	}
}

func TestVersions(t *testing.T) {
	f := serve(t, func(_ string, r *http.Request, _ int) (int, string) {
		if r.URL.Query().Get("version") == "9" {
			return http.StatusNotFound, `{"errors": []}`
		}
		return http.StatusOK, entry(`{"value": "` + sentinel + `"}`)
	})
	store := openStore(t, settings(f.URL))
	r := read(t.Context(), t, store, "a", "9")
	failsWith(t, "Read(version 9)", r.Err, providers.VersionNotFound, "no version 9, its last is 3")
	if len(f.requests) != 2 {
		t.Errorf("%d requests, want 2: the version, and what the last one is", len(f.requests))
	}
	for _, bad := range []string{"0", "-1", "x", "1.0", "+1", " 1", "99999999999"} {
		r := read(t.Context(), t, store, "a", bad)
		if r.Err == nil || r.Err.Code != providers.InvalidRef {
			t.Errorf("Read(version %q) = %v, want INVALID_REF", bad, r.Err)
		}
	}
	r = read(t.Context(), t, openStore(t, settings(f.URL, "openbao_kv_version", "1")), "a", "1")
	failsWith(t, "Read(version 1 of KV 1)", r.Err, providers.InvalidRef, "keeps one version")
	if len(f.requests) != 2 {
		t.Errorf("%d requests, want 2: none for a version that cannot be", len(f.requests))
	}
}
