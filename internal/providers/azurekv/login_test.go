package azurekv

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// newKey makes an RSA key; 2048 bits is what the service takes at least.
func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// writeCert makes a certificate and a file with both it and its key.
func writeCert(t *testing.T) (*x509.Certificate, string) {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	return cert, writeFile(t, "app.pem", string(text))
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantPassword checks that the secret db-password was read.
func wantPassword(t *testing.T, r providers.Result) {
	t.Helper()
	if r.Err != nil {
		t.Fatalf("Read() = %+v", *r.Err)
	}
	if got := string(r.Secret.Value); got != "S3NTINEL-value" {
		t.Errorf("Read() = %q, want %q", got, "S3NTINEL-value")
	}
}

func TestClientSecret(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, asApp())
	wantPassword(t, readOne(t, st, "db-password"))
	want := "application " + clientID + ", object " + objectID + ", tenant " + azuretest.Tenant
	if got := st.login.identity(); got != want {
		t.Errorf("identity() = %q, want %q", got, want)
	}
	if n := len(f.Requests()); n != 5 { // challenge, two of discovery, token, read
		t.Errorf("requests = %q, want 5", f.Requests())
	}
}

func TestTenantByDomain(t *testing.T) {
	f := newFixture(t)
	wantPassword(t, readOne(t, f.open(t, asApp(keyTenant, "contoso.example")), "db-password"))
}

func TestCertificate(t *testing.T) {
	f := newFixture(t)
	cert, path := writeCert(t)
	f.app.Cert = cert
	s := settings(keyTenant, azuretest.Tenant, keyClient, clientID, keyCert, path)
	wantPassword(t, readOne(t, f.open(t, s), "db-password"))

	_, other := writeCert(t)
	s = settings(keyTenant, azuretest.Tenant, keyClient, clientID, keyCert, other)
	wantError(t, readOne(t, f.open(t, s), "db-password").Err, providers.Unauthenticated, "certificate", clientID)
}

func TestWorkloadIdentity(t *testing.T) {
	key := newKey(t)
	good := azuretest.Claims{
		Issuer: "https://cluster.example", Subject: "system:serviceaccount:om:ingestion",
		Audience: "api://AzureADTokenExchange", Expires: time.Now().Add(time.Hour).Unix(),
	}
	change := func(edit func(*azuretest.Claims)) azuretest.Claims {
		c := good
		edit(&c)
		return c
	}
	tests := []struct {
		name   string
		claims azuretest.Claims
		want   providers.Code
		says   string
	}{
		{"good", good, "", ""},
		{"issuer", change(func(c *azuretest.Claims) { c.Issuer = "https://other.example" }), providers.Unauthenticated, "https://other.example"},
		{"subject", change(func(c *azuretest.Claims) { c.Subject = "system:serviceaccount:om:default" }), providers.Unauthenticated, "system:serviceaccount:om:default"},
		{"audience", change(func(c *azuretest.Claims) { c.Audience = "other" }), providers.Unauthenticated, "audience"},
		{"expired", change(func(c *azuretest.Claims) { c.Expires = 1 }), providers.Unauthenticated, "clock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.app.Secret, f.app.Federated = "", &azuretest.Federated{Issuer: good.Issuer, Subject: good.Subject, Key: &key.PublicKey}
			path := writeFile(t, "token", azuretest.SignRS256(key, tt.claims)+"\n")
			r := readOne(t, f.open(t, settings(keyTenant, azuretest.Tenant, keyClient, clientID, keyTokenFile, path)), "db-password")
			if tt.want == "" {
				wantPassword(t, r)
				return
			}
			wantError(t, r.Err, tt.want, tt.says, "Microsoft Entra ID")
		})
	}
}

func TestTokenFileIsGone(t *testing.T) {
	f := newFixture(t)
	path := filepath.Join(t.TempDir(), "token")
	st := f.open(t, settings(keyTenant, azuretest.Tenant, keyClient, clientID, keyTokenFile, path))
	wantError(t, readOne(t, st, "db-password").Err, providers.Config, path, keyTokenFile)
}

// The settings of airflow.cfg name the application, the pod brings the token.
func TestPodBringsTheToken(t *testing.T) {
	f, key := newFixture(t), newKey(t)
	f.app.Federated = &azuretest.Federated{Issuer: "i", Subject: "s", Key: &key.PublicKey}
	claims := azuretest.Claims{Issuer: "i", Subject: "s", Audience: "api://AzureADTokenExchange", Expires: time.Now().Add(time.Hour).Unix()}
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", writeFile(t, "token", azuretest.SignRS256(key, claims)))
	t.Setenv("AZURE_TENANT_ID", azuretest.Tenant)
	t.Setenv("AZURE_CLIENT_ID", clientID)
	wantPassword(t, readOne(t, f.open(t, settings()), "db-password"))
	wantPassword(t, readOne(t, f.open(t, settings(keyClient, clientID)), "db-password"))
}
