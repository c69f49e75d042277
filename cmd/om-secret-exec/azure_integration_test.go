//go:build integration

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/providers/azurekv/azuretest"
	"om-secret-exec/internal/testenv"
)

// TestAzure runs the scripts against a token service and vaults with the names
// of the real ones, and holds that nobody else is asked.
func TestAzure(t *testing.T) {
	t.Parallel()
	proxy := testenv.NewProxy(t)
	t.Cleanup(func() {
		if hosts := proxy.Unexpected(); len(hosts) > 0 {
			t.Errorf("hosts asked that nobody configured: %v", hosts)
		}
	})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cloud := azureCloud(key)
	platform := httptest.NewServer(cloud.AppService("S3NTINEL-header"))
	t.Cleanup(platform.Close)
	proxy.Handle(azuretest.AuthorityHost, cloud.TokenService())
	proxy.Handle("kv1.vault.azure.net", cloud.Vault())
	proxy.Handle("kv-down.vault.azure.net", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))

	proxy.Handle("kv-busy.vault.azure.net", busyOnce(cloud.Vault()))

	p := params("testdata/azure")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Vars = append(env.Vars, proxy.Env()...)
		env.Setenv("TENANT", azuretest.Tenant)
		env.Setenv("CLIENT", cloud.Apps[0].ClientID)
		env.Setenv("CLIENT_SECRET", cloud.Apps[0].Secret)
		env.Setenv("POD_CLIENT", cloud.Apps[1].ClientID)
		env.Setenv("MACHINE_CLIENT", cloud.Apps[2].ClientID)
		env.Setenv("PLATFORM", platform.URL)
		token := azuretest.SignRS256(key, azuretest.Claims{
			Issuer: "https://cluster.example", Subject: "system:serviceaccount:om:ingestion",
			Audience: "api://AzureADTokenExchange", Expires: time.Now().Add(time.Hour).Unix(),
		})
		if err := os.WriteFile(filepath.Join(env.WorkDir, "token"), []byte(token), 0o600); err != nil {
			return err
		}
		return common(env)
	}
	testscript.Run(t, p)
}

// busyOnce refuses the first read that has a token, and asks for a second's
// patience.
func busyOnce(vault http.Handler) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		busy := false
		if r.Header.Get("Authorization") != "" {
			once.Do(func() { busy = true })
		}
		if !busy {
			vault.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		azuretest.Refuse(w, http.StatusTooManyRequests, "Throttled", "")
	})
}

// azureCloud has an application with a secret, one for pods, and a managed
// identity, and twelve secrets, some of them awkward.
func azureCloud(key *rsa.PrivateKey) *azuretest.Cloud {
	const object = "33333333-3333-3333-3333-333333333333"
	cloud := azuretest.New()
	cloud.Apps = []*azuretest.App{
		{ClientID: "22222222-2222-2222-2222-222222222222", Object: object, Secret: "S3NTINEL-client"},
		{ClientID: "44444444-4444-4444-4444-444444444444", Object: object, Federated: &azuretest.Federated{
			Issuer: "https://cluster.example", Subject: "system:serviceaccount:om:ingestion", Key: &key.PublicKey,
		}},
		{ClientID: "55555555-5555-5555-5555-555555555555", Object: object, Managed: true},
	}
	awkward := []string{`S3NTINEL-"quoted"`, "S3NTINEL-$HOME", "S3NTINEL-plain"}
	for n := range secretCount {
		cloud.Secrets[fmt.Sprintf("prod-%d", n)] = azuretest.Secret{
			Value: fmt.Sprint(awkward[n%len(awkward)], n), Version: strings.Repeat("b", 32),
		}
	}
	cloud.Secrets["off"] = azuretest.Secret{Disabled: true}
	cloud.Secrets["gone"] = azuretest.Secret{Deleted: true}
	return cloud
}
