package kubernetes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

// The kubelet replaces the token while the process runs.
func TestTokenIsReadAgain(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db"] = map[string]string{"value": "x"}
	around, s := c.pod()
	st := mustOpen(t, s, around)
	token := filepath.Join(around.pod, "token")
	for _, next := range []string{c.token, "second", "third"} {
		c.set(func() { c.token = next })
		write(t, token, next)
		if _, err := get(t, st, "db"); err != nil {
			t.Errorf("Read with token %q = %+v", next, *err)
		}
	}
	if asked := c.asked(); len(asked) != 3 {
		t.Errorf("requests = %q, want three", asked)
	}
	// It is replaced between our reading and the server's.
	c.set(func() { c.token = "fourth" })
	first, err := st.login.credential(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	write(t, token, "fourth")
	if again, err := st.login.credential(t.Context(), first); err != nil || !again.differs(first) {
		t.Errorf("after a refusal the login gives the same token, %v", err)
	}
	write(t, token, "wrong")
	if _, err := get(t, st, "db"); err == nil || err.Code != providers.Unauthenticated || !strings.Contains(err.Hint, token) {
		t.Errorf("Read with a wrong token = %+v, want UNAUTHENTICATED and the file", err)
	}
	if asked := c.asked(); len(asked) != 1 {
		t.Errorf("requests = %q, want one: the token is still the same", asked)
	}
	for _, bad := range []string{"", "S3NTINEL\nX: y"} {
		write(t, token, bad)
		if _, err := get(t, st, "db"); err == nil || err.Code != providers.Config {
			t.Errorf("Read with token %q = %+v, want CONFIG", bad, err)
		}
	}
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, s := c.pod()
	write(t, filepath.Join(around.pod, "token"), jwt(`{"sub":"system:serviceaccount:team-a:old\nx","exp":1577836800}`))
	_, err := get(t, mustOpen(t, s, around), "db")
	if err == nil || err.Code != providers.Unauthenticated || err.Message != "the token has expired, at 2020-01-01T00:00:00Z" {
		t.Errorf("Read = %+v, want UNAUTHENTICATED with the time", err)
	}
	if want := "system:serviceaccount:team-a:old x (as the token says), from the pod's service account"; err != nil && err.Identity != want {
		t.Errorf("Identity = %q, want %q", err.Identity, want)
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "opaque", "a.b.c", "a." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".c", "..", jwt("{"), jwt(`{"sub":7}`)} {
		if got := claimsOf(token); got.Subject != "" {
			t.Errorf("claimsOf(%q) = %v, want none", token, got)
		}
	}
}

// clientCertificate makes one that a server can recognise by its name.
func clientCertificate(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	cert, key := clientCertificate(t, "ann")
	directory := t.TempDir()
	certFile, keyFile := filepath.Join(directory, "cert"), filepath.Join(directory, "key")
	write(t, certFile, string(cert))
	write(t, keyFile, string(key))
	encode := base64.StdEncoding.EncodeToString
	tests := []struct{ name, user string }{
		{"data", fmt.Sprintf("{client-certificate-data: %s, client-key-data: %s}", encode(cert), encode(key))},
		{"files", fmt.Sprintf("{client-certificate: %q, client-key: %q}", certFile, keyFile)},
		{"plugin", execUser(t, "certificate", filepath.Join(directory, "log"), "TEST_PLUGIN_CERT", certFile, "TEST_PLUGIN_KEY", keyFile)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.token = ""
			c.TLS.ClientAuth = tls.RequireAnyClientCert
			c.answer = func(w http.ResponseWriter, r *http.Request) {
				if name := r.TLS.PeerCertificates[0].Subject.CommonName; name != "ann" {
					t.Errorf("the certificate is %q's", name)
				}
				if auth := r.Header.Get("Authorization"); auth != "" {
					t.Errorf("Authorization = %q, want none", auth)
				}
				refuse(w, http.StatusNotFound, "NotFound")
			}
			st := mustOpen(t, settings(nil, keyKubeconfig, c.kubeconfig(tt.user)), surroundings{})
			_, err := get(t, st, "db")
			if err == nil || err.Code != providers.NotFound || !strings.Contains(err.Identity, `user "ann" of context "main"`) {
				t.Errorf("Read = %+v, want NOT_FOUND for user ann", err)
			}
		})
	}
}

// What else a kubeconfig may hold: a password, impersonation, a proxy.
func TestKubeconfigHeaders(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.token = ""
	var seen http.Header
	c.answer = func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		refuse(w, http.StatusNotFound, "NotFound")
	}
	st := mustOpen(t, settings(nil, keyKubeconfig, c.kubeconfig("{username: a, password: b, as: robot, as-groups: [g]}")), surroundings{})
	if _, err := get(t, st, "db"); err == nil || err.Code != providers.NotFound {
		t.Errorf("Read = %+v, want NOT_FOUND", err)
	}
	for name, want := range map[string]string{
		"Authorization": "Basic YTpi", "Impersonate-User": "robot", "Impersonate-Group": "g", "User-Agent": "om-secret-exec/test",
	} {
		if got := seen.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestProxyOfKubeconfig(t *testing.T) {
	t.Parallel()
	// A proxy that forwards plain requests, for a server that is spoken to in
	// the clear; client-go then sends no credential.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("a credential was sent in the clear")
		}
		refuse(w, http.StatusNotFound, "NotFound")
	}))
	defer server.Close()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxied := 0
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied++
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, path, fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: main, contexts: [{name: main, context: {cluster: c, user: u}}],
clusters: [{name: c, cluster: {server: "http://kube.invalid/prefix", proxy-url: %q}}], users: [{name: u, user: {token: S3NTINEL}}]}`, proxy.URL))
	_, failed := get(t, mustOpen(t, settings(nil, keyKubeconfig, path), surroundings{}), "db")
	if failed == nil || failed.Code != providers.NotFound || proxied != 1 {
		t.Errorf("Read = %+v with %d requests to the proxy, want NOT_FOUND and one", failed, proxied)
	}
}
