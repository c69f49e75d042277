package azurekv

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func TestLocate(t *testing.T) {
	const public, gov, china = "https://login.microsoftonline.com/", "https://login.microsoftonline.us/", "https://login.chinacloudapi.cn/"
	tests := []struct {
		name                    string
		vault, suffix, loginURL string
		want                    place
	}{
		{"name", "kv1", "", "", place{host: "kv1.vault.azure.net", authority: public}},
		{"URL", "https://KV1.vault.azure.net/", "", "", place{host: "kv1.vault.azure.net", authority: public}},
		{"host", "kv1.vault.azure.cn", "", "", place{host: "kv1.vault.azure.cn", authority: china}},
		{"suffix", "kv1", "vault.usgovcloudapi.net", "", place{host: "kv1.vault.usgovcloudapi.net", authority: gov}},
		{"suffix as the CLI shows it", "kv1", ".vault.azure.cn", "", place{host: "kv1.vault.azure.cn", authority: china}},
		{"URL wins over suffix", "https://kv1.vault.azure.net", "vault.azure.cn", "", place{host: "kv1.vault.azure.net", authority: public}},
		{"authority", "kv1", "", "https://login.microsoftonline.us", place{host: "kv1.vault.azure.net", authority: gov}},
		{"private authority", "kv1", "", "login.example:8443/", place{host: "kv1.vault.azure.net", authority: "https://login.example:8443/", private: true}},
		{"foreign vault", "https://vault.example:8443", "", "", place{host: "vault.example:8443", authority: public, foreign: true}},
		{"not quite ours", "https://kv1.evilvault.azure.net.example", "", "", place{host: "kv1.evilvault.azure.net.example", authority: public, foreign: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := locate(settings(keyVault, tt.vault, keySuffix, tt.suffix, keyAuthority, tt.loginURL))
			if err != nil {
				t.Fatalf("locate() = %v", err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(place{})); diff != "" {
				t.Errorf("locate() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLocateRefuses(t *testing.T) {
	tests := []struct{ name, key, value, says string }{
		{"underscore", keyVault, "my_vault", `"my_vault.vault.azure.net"`},
		{"blank", keyVault, "my vault", keyVault},
		{"path", keyVault, "https://kv1.vault.azure.net/secrets/S3NTINEL", "URL of a host"},
		{"password", keyVault, "https://u:S3NTINEL@kv1.vault.azure.net", "URL of a host"},
		{"query", keyVault, "https://kv1.vault.azure.net?S3NTINEL", "URL of a host"},
		{"plain http", keyVault, "http://kv1.vault.azure.net", `"http"`},
		{"authority in plain http", keyAuthority, "http://login.microsoftonline.com", keyAuthority},
		{"authority with tenant", keyAuthority, "https://login.microsoftonline.com/tenant", keyAuthority},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := locate(settings(tt.key, tt.value))
			wantError(t, err, providers.Config, tt.says)
		})
	}
}

// In each cloud, vault and token service are asked under their own names and
// nobody else is, and tokens are for that cloud's vaults.
func TestClouds(t *testing.T) {
	for suffix, authority := range map[string]string{
		"vault.azure.net": "login.microsoftonline.com", "vault.usgovcloudapi.net": "login.microsoftonline.us",
		"vault.azure.cn": "login.chinacloudapi.cn",
	} {
		t.Run(suffix, func(t *testing.T) {
			f := newFixture(t)
			f.Resource, f.Authority = "https://"+suffix, authority
			f.proxy.Handle(azuretest.AuthorityHost, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("the public cloud's token service was asked")
			}))
			f.proxy.Handle(authority, f.TokenService())
			f.proxy.Handle("kv1."+suffix, f.Vault())
			wantPassword(t, readOne(t, f.open(t, asApp(keySuffix, suffix)), "db-password"))
		})
	}
}

// A vault and a token service of one's own need no more than their names.
func TestPrivateCloud(t *testing.T) {
	f := newFixture(t)
	f.Authority = "login.example"
	f.proxy.Handle("login.example", f.TokenService())
	f.proxy.Handle("vault.example", f.Vault())
	st := f.open(t, asApp(keyVault, "https://vault.example", keyAuthority, "https://login.example/"))
	wantPassword(t, readOne(t, st, "db-password"))
	if n := f.count("authority /common/discovery"); n != 0 {
		t.Errorf("instance discovery asked %d times, want 0", n)
	}
}

// A vault of the public cloud that wants tokens for something else is not
// given any.
func TestForeignResource(t *testing.T) {
	f := newFixture(t)
	f.Resource = "https://graph.microsoft.com"
	err := readOne(t, f.open(t, asApp()), "db-password").Err
	wantError(t, err, providers.Unauthenticated, "another service")
	if n := f.count("authority "); n != 0 {
		t.Errorf("logins = %d, want 0", n)
	}
	if strings.Contains(err.Message, azuretest.Resource) {
		t.Errorf("message %q quotes the challenge", err.Message)
	}
}
