package azurekv

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
	"om-secret-exec/internal/testenv"
)

const (
	vaultHost = "kv1.vault.azure.net"
	clientID  = "22222222-2222-2222-2222-222222222222"
	objectID  = "33333333-3333-3333-3333-333333333333"
	appSecret = "S3NTINEL-client-secret"
)

// fixture is a cloud behind a proxy, and the transport that leads to it.
type fixture struct {
	*azuretest.Cloud
	app   *azuretest.App
	proxy *testenv.Proxy
	base  *http.Transport
}

// newFixture makes a cloud with one application and a few secrets. When the test
// ends, nobody else may have been asked.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	cleanEnv(t)
	f := &fixture{Cloud: azuretest.New(), proxy: testenv.NewProxy(t)}
	f.app = &azuretest.App{ClientID: clientID, Object: objectID, Secret: appSecret}
	f.Apps = []*azuretest.App{f.app}
	f.Secrets["db-password"] = azuretest.Secret{
		Value: "S3NTINEL-value", Version: strings.Repeat("b", 32), Older: map[string]string{strings.Repeat("a", 32): "S3NTINEL-old"},
	}
	f.Secrets["empty"] = azuretest.Secret{Version: strings.Repeat("c", 32)}
	f.proxy.Handle(azuretest.AuthorityHost, f.TokenService())
	f.proxy.Handle(vaultHost, f.Vault())
	f.base = f.proxy.Client().Transport.(*http.Transport)
	f.base.Proxy = exceptLocal(f.base.Proxy)
	t.Cleanup(func() {
		if hosts := f.proxy.Unexpected(); len(hosts) > 0 {
			t.Errorf("hosts asked that nobody configured: %v", hosts)
		}
	})
	return f
}

// exceptLocal does what Go does with the proxy of the environment.
func exceptLocal(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		if r.URL.Hostname() == "127.0.0.1" {
			return nil, nil
		}
		return proxy(r)
	}
}

// metadata serves the metadata address of virtual machines, which is reached
// without the proxy; a nil handler refuses the connection.
func (f *fixture) metadata(t *testing.T, h http.Handler) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	if h == nil {
		server.Close()
	}
	dialer := &net.Dialer{}
	f.base.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == "169.254.169.254:80" {
			addr = server.Listener.Addr().String()
		}
		return dialer.DialContext(ctx, network, addr)
	}
}

// cleanEnv takes every variable of Azure's away from the test.
func cleanEnv(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "AZURE_") || strings.HasPrefix(name, "IDENTITY_") || strings.HasPrefix(name, "MSI_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
}

// settings are those of a store, with the vault, from pairs of key and value.
func settings(pairs ...string) providers.Settings {
	s := providers.Settings{Values: map[string]providers.Setting{}, Env: os.LookupEnv, UserAgent: "om-secret-exec/test"}
	for i := 0; i < len(pairs); i += 2 {
		s.Values[pairs[i]] = providers.Setting{Value: pairs[i+1], Source: "test"}
	}
	if _, ok := s.Values[keyVault]; !ok {
		s.Values[keyVault] = providers.Setting{Value: "kv1"}
	}
	return s
}

// asApp are the settings of the fixture's application, and more.
func asApp(more ...string) providers.Settings {
	return settings(append([]string{keyTenant, azuretest.Tenant, keyClient, clientID, keySecret, appSecret}, more...)...)
}

func (f *fixture) open(t *testing.T, s providers.Settings) *store {
	t.Helper()
	st, err := open(s, f.base)
	if err != nil {
		t.Fatalf("open() = %v, hint %q", err, err.Hint)
	}
	return st
}

func readOne(t *testing.T, st *store, id string) providers.Result {
	t.Helper()
	return st.Read(t.Context(), []providers.Ref{{ID: id}})[0]
}

// count counts the requests that start with prefix.
func (f *fixture) count(prefix string) int {
	n := 0
	for _, r := range f.Requests() {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}

// wantError checks an error's code, what it must say somewhere, that it has a
// hint, and that it quotes nobody.
func wantError(t *testing.T, err *providers.Error, code providers.Code, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	text := fmt.Sprintf("%+v", *err)
	if err.Code != code {
		t.Errorf("code = %s, want %s: %s", err.Code, code, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error %s\nlacks %q", text, w)
		}
	}
	if strings.Contains(text, azuretest.Sentinel) {
		t.Errorf("error quotes what it must not: %s", text)
	}
	if err.Hint == "" && code != providers.Cancelled {
		t.Errorf("error has no hint: %s", text)
	}
}
