package azurekv

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestNoSuchVault(t *testing.T) {
	f := newFixture(t)
	f.base.Proxy, f.base.DialContext = nil, failDial
	st := f.open(t, asApp())
	for range 2 {
		err := readOne(t, st, "db-password").Err
		wantError(t, err, providers.Unavailable, `no vault "kv1"`, keyVault, keySuffix)
		if err.Retryable {
			t.Errorf("Read() = %+v, want no retry", *err)
		}
	}
}

// A proxy that cannot reach the vault looks the same for a while and for ever.
func TestProxyRefuses(t *testing.T) {
	f := newFixture(t)
	proxy := httptest.NewServer(reply(http.StatusBadGateway, "S3NTINEL"))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	f.base.Proxy = http.ProxyURL(at)
	e := readOne(t, f.open(t, asApp()), "db-password").Err
	wantError(t, e, providers.Unavailable, "HTTPS_PROXY", vaultHost)
	if !e.Retryable || e.Refused {
		t.Errorf("Read() = %+v, want retryable", *e)
	}
}

func TestUntrusted(t *testing.T) {
	f := newFixture(t)
	f.base.TLSClientConfig.RootCAs = nil
	t.Setenv("SSL_CERT_FILE", "/nonexistent")
	wantError(t, readOne(t, f.open(t, asApp()), "db-password").Err, providers.TLS, "--ca-file", vaultHost)
}

func TestRefused(t *testing.T) {
	f := newFixture(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	f.base.Proxy = nil
	f.base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
	}
	st := f.open(t, asApp())
	for range 2 { // the gate must not remember it
		e := readOne(t, st, "db-password").Err
		wantError(t, e, providers.Unavailable, "refused")
		if !e.Refused || !e.Retryable {
			t.Errorf("Read() = %+v, want refused", *e)
		}
	}
}

func failDial(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: vaultHost, IsNotFound: true}}
}
