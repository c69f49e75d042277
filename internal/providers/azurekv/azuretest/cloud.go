// Package azuretest is a small Azure for tests: a token service, vaults, and the
// endpoints of managed identities. It verifies what the real ones verify, and
// every refusal has the shape of the real one, with a sentinel in its free text
// that no message of ours may hold.
package azuretest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The hosts of the public cloud, and its tenant.
const (
	AuthorityHost = "login.microsoftonline.com"
	Resource      = "https://vault.azure.net"
	Tenant        = "11111111-1111-1111-1111-111111111111"
	Sentinel      = "S3NTINEL"
)

// App is an application or a managed identity of the tenant.
type App struct {
	ClientID, Object string
	// Secret, Cert and Federated are its ways to log in.
	Secret    string
	Expired   bool
	Cert      *x509.Certificate
	Federated *Federated
	// Managed identities are had from the platform; System is the one of the
	// machine itself.
	Managed, System bool
	// Refuse is the inner error code of the vault's 403 for this app, or "".
	Refuse string
	// Only are the secrets that it may read; nil is all.
	Only []string
	// NoList takes the right away to see the versions of secrets, which vaults
	// with access policies give apart.
	NoList bool
}

// Federated is a federated credential: whose tokens stand for the app.
type Federated struct {
	Issuer, Subject string
	Key             *rsa.PublicKey
}

// Secret is an entry of a vault.
type Secret struct {
	Value             string
	Version           string
	Older             map[string]string
	Disabled, Deleted bool
	// Pages tells that there are more versions than fit an answer.
	Pages bool
}

// Cloud is the whole. Fields are set before it is used, except by the methods.
type Cloud struct {
	Apps    []*App
	Secrets map[string]Secret
	// Domain is the vaults' resource, that of the public cloud if it is empty.
	Resource string
	// Authority is the token service's host, that of the public cloud if empty.
	Authority string
	// Lifetime is how long tokens live, an hour if it is 0.
	Lifetime time.Duration
	// Intercept, if set, may answer a request in the place of the service.
	Intercept func(w http.ResponseWriter, r *http.Request) bool

	key     []byte
	mu      sync.Mutex
	log     []string
	revoked map[string]bool
	last    string
}

// New makes a cloud without apps and secrets.
func New() *Cloud {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &Cloud{
		Secrets: map[string]Secret{}, Resource: Resource, Authority: AuthorityHost,
		Lifetime: time.Hour, key: key, revoked: map[string]bool{},
	}
}

// Requests returns what was asked, in order: service, path, and for a vault
// whether there was a token.
func (c *Cloud) Requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

// RevokeLast makes vaults refuse the token that was given last.
func (c *Cloud) RevokeLast() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoked[c.last] = true
}

func (c *Cloud) record(entry string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, entry)
}

func (c *Cloud) app(is func(*App) bool) *App {
	if i := slices.IndexFunc(c.Apps, is); i >= 0 {
		return c.Apps[i]
	}
	return nil
}

func (c *Cloud) appOf(clientID string) *App {
	return c.app(func(a *App) bool { return a.ClientID == clientID })
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("x-ms-request-id", "request-1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// object is any JSON.
type object = map[string]any
