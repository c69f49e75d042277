package gcp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

func TestNames(t *testing.T) {
	w := newWorld(t)
	w.Put("projects/prod-1/locations/europe-west3/secrets/db", gcptest.Version{Data: []byte("regional")})
	w.Put("projects/prod-1/secrets/empty", gcptest.Version{})
	w.Put("projects/prod-1/secrets/binary", gcptest.Version{Data: []byte("a\x00\xff\n")})
	w.Put("projects/prod-1/secrets/off", gcptest.Version{Data: []byte("v"), State: "DISABLED"}, gcptest.Version{State: "DESTROYED"})
	const noVersion = `VERSION_NOT_FOUND: the secret "db" has no version "9"`
	tests := []struct{ location, id, version, want string }{
		{"", "db", "", "S3NTINEL-db"},
		{"", "db", "1", "old"},
		{"", "db", "latest", "S3NTINEL-db"},
		{"", "db", "9", noVersion},
		{"", "empty", "", ""},
		{"", "binary", "", "a\x00\xff\n"},
		{"", "off", "1", `DISABLED: version "1" of the secret "off" is disabled`},
		{"", "off", "", `DISABLED: version "latest" of the secret "off" was destroyed`},
		{"", "absent", "", `NOT_FOUND: there is no secret "absent", or it has no version`},
		{"", "absent", "3", `NOT_FOUND: there is no secret "absent", or it has no version`},
		{"", "projects/prod-1/secrets/db", "", "S3NTINEL-db"},
		{"", "projects/123456789012/secrets/db/versions/1", "", "old"},
		{"", "projects/prod-1/secrets/db/versions/1", "1", "old"},
		{"", "//secretmanager.googleapis.com/projects/prod-1/secrets/db/versions/2", "", "S3NTINEL-db"},
		{"", "projects/prod-1/locations/europe-west3/secrets/db", "", "regional"},
		{"europe-west3", "db", "", "regional"},
		{"europe-west3", "projects/prod-1/secrets/db", "", "S3NTINEL-db"},
		{"", "projects/prod-1/secrets/db/versions/1", "2", `INVALID_REF: the id names version "1", and the option version "2"`},
		{"", "db", "../x", `INVALID_REF: "../x" cannot be a version`},
		{"", "projects/other/secrets/db", "", "PERMISSION_DENIED: secretmanager.versions.access is not allowed on projects/other/secrets/db"},
	}
	for _, tt := range tests {
		st := w.keyed(t, keyLocation, tt.location)
		if got, _ := read(t, st, tt.id, tt.version); got != tt.want {
			t.Errorf("Read(%q, version %q) in %q = %q, want %q", tt.id, tt.version, tt.location, got, tt.want)
		}
	}
	w.asked(t)
}

func TestSource(t *testing.T) {
	w := newWorld(t)
	res := w.keyed(t).Read(t.Context(), []providers.Ref{{ID: "db"}})[0]
	got := res.Secret.Source
	if res.Err != nil || got.Name != "projects/123456789012/secrets/db" || got.Version != "2" || got.Place == "" {
		t.Errorf("Read() = %+v, %v, want version 2 of db, with its place", got, res.Err)
	}
}

// The first project in the order is the one, and the place says where it is from.
func TestProject(t *testing.T) {
	w := newWorld(t)
	token := gcptest.Write(t, "token", w.WorkloadToken(gcptest.Subject))
	key := gcptest.Write(t, "key.json", w.Key(gcptest.Reader))
	external := gcptest.Write(t, "external.json", gcptest.External(token, ""))
	user := gcptest.Write(t, "user.json", gcptest.UserFile())
	host := w.Metadata(t)
	tests := []struct {
		name  string
		pairs []string
		want  string
	}{
		{"setting", []string{keyFile, key, keyProject, "a", "GOOGLE_CLOUD_PROJECT", "b"}, "a (from test)"},
		{"variable", []string{keyFile, key, "GOOGLE_CLOUD_PROJECT", "b", "GCP_PROJECT", "c"}, "b (from variable GOOGLE_CLOUD_PROJECT)"},
		{"last variable", []string{keyFile, key, keyProject, "", "GCP_PROJECT", "c"}, "c (from variable GCP_PROJECT)"},
		{"key", []string{keyFile, key}, "prod-1 (from the credentials file)"},
		{"pool", []string{keyFile, external}, "123456789012 (from the workload identity pool)"},
		{"metadata", []string{variableMetadata, host}, "prod-1 (from the metadata server)"},
		{"setting before metadata", []string{variableMetadata, host, keyProject, "a"}, "a (from test)"},
		{"none", []string{keyFile, user}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(w.Requests())
			_, err := read(t, w.open(t, tt.pairs...), "absent", "")
			if err == nil {
				t.Fatal("Read() gives a secret that is not there")
			}
			if tt.want == "" {
				if err.Code != providers.Config || !strings.Contains(err.Hint, "GOOGLE_CLOUD_PROJECT") || len(w.Requests()) != before {
					t.Errorf("Read() = %+v, want CONFIG without a request", err)
				}
				return
			}
			if err.Place != "Google Secret Manager, project "+tt.want {
				t.Errorf("place = %q, want project %s", err.Place, tt.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	file := w.Key(gcptest.Reader)
	file["quota_project_id"] = "c"
	path := gcptest.Write(t, "key.json", file)
	for _, tt := range []struct {
		pairs []string
		want  string
	}{
		{[]string{keyQuota, "a", variableQuota, "b"}, "a"},
		{[]string{variableQuota, "b"}, "b"},
		{nil, "c"},
	} {
		st := w.open(t, append(tt.pairs, keyFile, path)...)
		seen := &recorder{next: st.client.Transport}
		st.client.Transport = seen
		if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
			t.Errorf("Read() = %q, want the value", got)
		}
		if seen.quota != tt.want || seen.agent != "om-secret-exec/test" {
			t.Errorf("quota project %q, user agent %q, want %q and ours", seen.quota, seen.agent, tt.want)
		}
	}
}

func TestPlan(t *testing.T) {
	st := newWorld(t).keyed(t)
	groups := st.Plan([]providers.Ref{{ID: "a"}, {ID: "b"}, {ID: "a", Version: "1"}})
	if len(groups) != 3 || len(groups[0]) != 1 || groups[2][0].Version != "1" {
		t.Errorf("Plan() = %v, want one group for each", groups)
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range []string{
		"db", "projects/p/secrets/s", "projects/p/secrets/s/versions/3", "projects/p/locations/l/secrets/s",
		"//secretmanager.googleapis.com/projects/p/secrets/s", "//secretmanager.", "projects/p/secrets/../x", "",
	} {
		f.Add(id)
	}
	// Whatever is accepted is made of harmless bytes, and its full name means
	// the same again.
	f.Fuzz(func(t *testing.T, id string) {
		r, ok := parse(id)
		if !ok {
			return
		}
		for _, part := range []string{r.project, r.location, r.secret, r.version} {
			if strings.ContainsAny(part, "/?#%&\\ \x00") {
				t.Fatalf("parse(%q) = %+v, which is not safe in a URL", id, r)
			}
		}
		if r.project == "" {
			r.project = "p"
		}
		name := r.name()
		if r.version != "" {
			name += "/versions/" + r.version
		}
		if again, ok := parse(name); !ok || again != r {
			t.Fatalf("parse(%q) = %+v, and its name %q gives %+v", id, r, name, again)
		}
	})
}

// An endpoint takes the place of Google's hosts, whatever the location, with or
// without the version of the interface.
func TestEndpoint(t *testing.T) {
	w := newWorld(t)
	w.proxy.Handle("2001:db8::7", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ya29.") {
			t.Error("the endpoint is asked without the token")
		}
		text(200, fmt.Sprintf(`{"name":%q,"payload":{"dataCrc32c":"0"}}`, r.URL.Path))(rw, r)
	}))
	tests := []struct{ endpoint, id, want string }{
		{"https://[2001:db8::7]:8443", "db", "/v1/projects/prod-1/secrets/db/versions/latest:access"},
		{"https://[2001:db8::7]:8443/v1/", "db", "/v1/projects/prod-1/secrets/db/versions/latest:access"},
		{"https://[2001:db8::7]/gw/", "projects/p/locations/l/secrets/s", "/gw/v1/projects/p/locations/l/secrets/s/versions/latest:access"},
	}
	for _, tt := range tests {
		st := w.keyed(t, keyEndpoint, tt.endpoint)
		seen := &recorder{next: st.client.Transport}
		st.client.Transport = seen
		if got, err := read(t, st, tt.id, ""); err != nil || seen.path != tt.want {
			t.Errorf("Read(%q) from %s asks %q and gives %q, want path %q", tt.id, tt.endpoint, seen.path, got, tt.want)
		}
	}
	st := w.keyed(t, keyEndpoint, "https://[2001:db8::7]:8443/v1?", keyLocation, "l")
	if got, want := st.where.text(resource{project: "prod-1", location: "l"}),
		"Google Secret Manager, project prod-1 (from the credentials file), location l, endpoint https://[2001:db8::7]:8443"; got != want {
		t.Errorf("place = %q, want %q", got, want)
	}
	w.asked(t)
}
