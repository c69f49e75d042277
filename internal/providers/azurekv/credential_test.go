package azurekv

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func TestChoose(t *testing.T) {
	app := []string{keyTenant, "t", keyClient, "c"}
	with := func(more ...string) []string { return append(append([]string{}, app...), more...) }
	tests := []struct {
		name     string
		settings []string
		env      string // pairs, space separated
		want     string
		client   string
	}{
		{"secret", with(keySecret, "s", keyCert, "p", keyTokenFile, "f"), "", kindSecret, "c"},
		{"certificate", with(keyCert, "p", keyTokenFile, "f"), "", kindCert, "c"},
		{"workload", with(keyTokenFile, "f"), "", kindWorkload, "c"},
		{"client id alone", []string{keyClient, "c"}, "", kindManaged, "c"},
		{"tenant and client", app, "", kindManaged, "c"},
		{"nothing", nil, "", kindDefault, ""},
		{"nothing, in an app service", nil, "IDENTITY_ENDPOINT=x", kindManaged, ""},
		{"variables", nil, "AZURE_TENANT_ID=t AZURE_CLIENT_ID=e AZURE_CLIENT_SECRET=s", kindSecret, "e"},
		{"another identity's variables", app, "AZURE_TENANT_ID=t AZURE_CLIENT_ID=e AZURE_CLIENT_SECRET=s", kindManaged, "c"},
		{"the pod's token", app, "AZURE_TENANT_ID=e AZURE_CLIENT_ID=e AZURE_FEDERATED_TOKEN_FILE=f", kindWorkload, "c"},
		{"pinned", with(keySecret, "s", keyKind, kindManaged), "", kindManaged, "c"},
		{"pinned command line", []string{keyKind, kindCLI}, "AZURE_TENANT_ID=t AZURE_CLIENT_ID=e AZURE_CLIENT_SECRET=s", kindCLI, "e"},
		{"empty is unset", []string{keyTenant, "", keyClient, "", keySecret, "", keyKind, ""}, "", kindDefault, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settings(tt.settings...)
			s.Env = func(name string) (string, bool) {
				for pair := range strings.FieldsSeq(tt.env) {
					if k, v, _ := strings.Cut(pair, "="); k == name {
						return v, true
					}
				}
				return "", false
			}
			got, err := choose(s)
			if err != nil {
				t.Fatalf("choose() = %v", err)
			}
			if got.kind != tt.want || got.client != tt.client {
				t.Errorf("choose() = %s for %q, want %s for %q", got.kind, got.client, tt.want, tt.client)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	secretFile := writeFile(t, "app.pem", "-----BEGIN PRIVATE KEY-----\nS3NTINEL\n-----END PRIVATE KEY-----\n")
	app := []string{keyTenant, azuretest.Tenant, keyClient, clientID}
	tests := []struct {
		name     string
		settings []string
		says     string
	}{
		{"no such kind", []string{keyKind, "password"}, "workload-identity"},
		{"pinned without its secret", append([]string{keyKind, kindSecret}, app...), "AZURE_CLIENT_SECRET"},
		{"pinned without its application", []string{keyKind, kindSecret, keySecret, "S3NTINEL"}, keyTenant},
		{"pinned without its file", append([]string{keyKind, kindWorkload}, app...), keyTokenFile},
		{"quoted tenant", append(app, keyTenant, `"t"`, keySecret, "S3NTINEL"), "quotes"},
		{"no certificate file", append(app, keyCert, filepath.Join(t.TempDir(), "none.pem")), "none.pem"},
		{"not a certificate", append(app, keyCert, secretFile), "app.pem"},
		{"wrong password", append(app, keyCert, secretFile, keyPassword, "S3NTINEL"), keyPassword},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			_, err := Kind().Open(t.Context(), settings(tt.settings...))
			var e *providers.Error
			errors.As(err, &e)
			wantError(t, e, providers.Config, tt.says)
		})
	}
}

func TestOpenAsksNobody(t *testing.T) {
	f := newFixture(t)
	f.open(t, asApp())
	f.open(t, settings(keyKind, kindManaged))
	if got := f.Requests(); len(got) > 0 {
		t.Errorf("requests = %q, want none", got)
	}
}

// fakeCommands puts an `az` in front of everything else; the other tools of the
// SDK's chain are absent.
func fakeCommands(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/bin:/usr/bin")
}

func TestCommandLine(t *testing.T) {
	f := newFixture(t)
	// The tool's token is that of an application here; people have more claims.
	token := f.Token(f.app)
	tests := []struct {
		name, script string
		want         providers.Code
		says         string
	}{
		{"token", `case "$*" in *"--resource https://vault.azure.net --tenant ` + azuretest.Tenant +
			`") echo '{"accessToken":"` + token + `","expires_on":4000000000}';; *) exit 9;; esac`, "", ""},
		{"not logged in", `echo "S3NTINEL: Please run 'az login' to setup account." >&2; exit 1`, providers.Unauthenticated, "`az login`"},
		{"other failure", `echo S3NTINEL >&2; exit 1`, providers.Unauthenticated, "az account get-access-token"},
		{"not JSON", `echo S3NTINEL`, providers.Unauthenticated, "az account get-access-token"},
		{"absent", `exit 127`, providers.Config, "PATH"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fakeCommands(t, tt.script)
			r := readOne(t, f.open(t, settings(keyKind, kindCLI)), "db-password")
			if tt.want == "" {
				wantPassword(t, r)
				return
			}
			wantError(t, r.Err, tt.want, tt.says, "Azure CLI")
		})
	}
}

// TestNamedStoreHasItsOwnIdentity keeps the main store's secret out of others.
func TestNamedStoreHasItsOwnIdentity(t *testing.T) {
	s := settings()
	s.Store = "other"
	env := map[string]string{"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "e", "AZURE_CLIENT_SECRET": "S3NTINEL"}
	s.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	if c, err := choose(s); err != nil || c.secret != "" || c.client != "" {
		t.Errorf("choose takes the application %q of the main store, %v", c.client, err)
	}
	env["AZURE_FEDERATED_TOKEN_FILE"] = "f" // the pod's own
	if c, err := choose(s); err != nil || c.secret != "" || c.client != "e" || c.tokenFile != "f" {
		t.Errorf("choose takes the application %q and not the pod's, %v", c.client, err)
	}
}
