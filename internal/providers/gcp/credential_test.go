package gcp

import (
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers/gcp/gcptest"
)

const other = "other@prod-1.iam.gserviceaccount.com"

func TestCredentials(t *testing.T) {
	w := newWorld(t)
	w.Grant(gcptest.Federated)
	w.Grant(gcptest.User)
	w.LetActAs(gcptest.Federated, gcptest.Reader)
	w.LetActAs(gcptest.User, gcptest.Reader)
	w.LetActAs(other, gcptest.Reader)
	token := gcptest.Write(t, "token", w.WorkloadToken(gcptest.Subject)+"\n")
	key := gcptest.Write(t, "key.json", w.Key(gcptest.Reader))
	otherKey := gcptest.Write(t, "other.json", w.Key(other))
	external := gcptest.Write(t, "external.json", gcptest.External(token, ""))
	w.proxy.Handle("idp.example", text(200, `{"id_token":"`+w.WorkloadToken(gcptest.Subject)+`"}`))
	byURL := gcptest.External("", "")
	byURL["credential_source"] = map[string]any{
		"url": "https://idp.example/token", "format": map[string]string{"type": "json", "subject_token_field_name": "id_token"},
	}
	address := gcptest.Write(t, "url.json", byURL)
	acting := gcptest.Write(t, "acting.json", gcptest.External(token, gcptest.Reader))
	user := gcptest.Write(t, wellKnown, gcptest.UserFile())
	home := t.TempDir()
	impersonated := gcptest.Write(t, "impersonated.json", gcptest.ImpersonatedFile(gcptest.UserFile(), gcptest.Reader))
	const pool = "workload identity global/workloadIdentityPools/pool/providers/kube"
	tests := []struct {
		name     string
		pairs    []string
		identity string
		requests string
	}{
		{"key by setting", []string{keyFile, key}, "service account " + gcptest.Reader, askToken + askSecret},
		{"key by variable", []string{variableFile, key}, "service account " + gcptest.Reader, askToken + askSecret},
		{"setting before variable", []string{keyFile, key, variableFile, otherKey}, "service account " + gcptest.Reader, askToken + askSecret},
		{"workload identity", []string{keyFile, external}, pool, askSTS + askSecret},
		{"workload identity by URL", []string{keyFile, address}, pool, askSTS + askSecret},
		{"workload identity that acts", []string{keyFile, acting}, "service account " + gcptest.Reader + ", by way of " + pool, askSTS + askActAs + askSecret},
		{"gcloud's file", []string{"CLOUDSDK_CONFIG", filepath.Dir(user)}, "user someone@example.com, by way of OAuth client client-1", askToken + askSecret},
		{"no variable, no file", []string{variableFile, "", "HOME", home, keyCredential, "default", keyFile, key}, "service account " + gcptest.Reader, askToken + askSecret},
		{
			"impersonation in the file",
			[]string{keyFile, impersonated},
			"service account " + gcptest.Reader + ", by way of user someone@example.com, by way of OAuth client client-1", askToken + askActAs + askSecret,
		},
		{
			"impersonation by setting",
			[]string{keyFile, otherKey, keyImpersonate, gcptest.Reader},
			"service account " + gcptest.Reader + ", by way of service account " + other, askToken + askActAs + askSecret,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(w.Requests())
			st := w.open(t, append(tt.pairs, keyProject, gcptest.Project)...)
			got, _ := read(t, st, "db", "")
			if got != "S3NTINEL-db" {
				t.Errorf("Read() = %q, want the value", got)
			}
			if st.who() != tt.identity {
				t.Errorf("identity = %q, want %q", st.who(), tt.identity)
			}
			if asked := strings.Join(w.Requests()[before:], "\n"); asked != tt.requests {
				t.Errorf("requests:\n%s\nwant:\n%s", asked, tt.requests)
			}
		})
	}
	w.asked(t)
}

// Each account of a chain has to be allowed to act as the next.
func TestImpersonationChain(t *testing.T) {
	const third = "third@prod-1.iam.gserviceaccount.com"
	w := newWorld(t)
	w.LetActAs(other, third)
	file := gcptest.Write(t, "other.json", w.Key(other))
	chain := []string{keyFile, file, keyImpersonate, third + ", " + gcptest.Reader}
	got, err := read(t, w.open(t, chain...), "db", "")
	if err == nil || err.Code != "PERMISSION_DENIED" || !strings.Contains(err.Hint, "roles/iam.serviceAccountTokenCreator") {
		t.Errorf("Read() = %q, %+v, want a refusal that names the role", got, err)
	}
	w.LetActAs(third, gcptest.Reader)
	if got, _ := read(t, w.open(t, chain...), "db", ""); got != "S3NTINEL-db" {
		t.Errorf("Read() = %q, want the value", got)
	}
}

func TestChooseErrors(t *testing.T) {
	w := newWorld(t)
	noKey := w.Key(gcptest.Reader)
	noKey["private_key"] = "-----BEGIN PRIVATE KEY-----\\nS3NTINEL"
	noMail := w.Key("")
	file := func(content any) []string { return []string{keyFile, gcptest.Write(t, "f.json", content)} }
	tests := []struct {
		name    string
		pairs   []string
		message string
	}{
		{"absent", []string{keyFile, "/nowhere/key.json"}, "/nowhere/key.json"},
		{"absent, by variable", []string{variableFile, "/nowhere/key.json"}, "/nowhere/key.json"},
		{"not JSON", file("S3NTINEL"), "is not JSON"},
		{"broken key", file(noKey), "no usable private_key"},
		{"no address", file(noMail), "no client_email"},
		{"no type", file("{}"), "has no type"},
		{"foreign type", file(`{"type": "S3NTINEL"}`), "type that is not supported"},
		{"unknown pin", []string{keyCredential, "filee"}, `gcp_credential "filee" is not a kind of credential`},
		{"pinned file without one", []string{keyCredential, "file"}, "no credentials file is set"},
		{"no metadata allowed", []string{variableNoMetadata, "True"}, "forbids the metadata server"},
		{"not an account", append(file(w.Key(gcptest.Reader)), keyImpersonate, "a@b/c"), "is not a service account"},
		{"metadata URL", []string{variableMetadata, "http://host/"}, "GCE_METADATA_HOST is not a host"},
		{"project", append(file(w.Key(gcptest.Reader)), keyProject, "Prod 1"), `project_id "Prod 1" is not the id`},
		{"location", append(file(w.Key(gcptest.Reader)), keyLocation, "evil.example/"), `is not a location`},
		{"endpoint", append(file(w.Key(gcptest.Reader)), keyEndpoint, "https://user:S3NTINEL@host"), "gcp_endpoint is not the address"},
		{"universe", append(file(w.Key(gcptest.Reader)), keyUniverse, "evil/"), "is not a domain"},
		{"foreign universe", append(file(w.Key(gcptest.Reader)), keyUniverse, "apis-s3ns.fr"), "is not the universe of the credentials, googleapis.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(settings(tt.pairs...))
			if err == nil || err.Code != "CONFIG" || !strings.Contains(err.Message, tt.message) {
				t.Fatalf("open(%q) = %v, want CONFIG with %q", tt.pairs, err, tt.message)
			}
			check(t, err)
		})
	}
}
