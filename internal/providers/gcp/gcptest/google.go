// Package gcptest is a fake of those parts of Google Cloud that reading a secret
// touches, for tests of this program. It verifies what Google verifies: the
// signature, audience, scope and times of an assertion, the token of a workload
// identity, who may act as whom, the bearer token of each request. The texts of
// its errors hold S3NTINEL, which must be in no message of ours.
package gcptest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// The names that the fake knows.
const (
	Project     = "prod-1"
	Number      = "123456789012"
	Reader      = "reader@prod-1.iam.gserviceaccount.com"
	Pool        = "//iam.googleapis.com/projects/" + Number + "/locations/global/workloadIdentityPools/pool/providers/kube"
	Issuer      = "https://kubernetes.example"
	Subject     = "system:serviceaccount:ingestion:default"
	Sentinel    = "S3NTINEL"
	Federated   = "principal://" + Subject
	User        = "user:someone@example.com"
	scope       = "https://www.googleapis.com/auth/cloud-platform"
	iamScope    = "https://www.googleapis.com/auth/iam" // what Python asks for, to act as an account
	tokenHost   = "oauth2.googleapis.com"
	stsHost     = "sts.googleapis.com"
	accountHost = "iamcredentials.googleapis.com"
)

// Google is the fake. Its methods are safe for concurrent use.
type Google struct {
	key *rsa.PrivateKey

	mu       sync.Mutex
	secrets  map[string][]Version
	readers  map[string]bool    // identity
	viewers  map[string]bool    // identity
	actors   map[[2]string]bool // identity, target
	tokens   map[string]grant
	requests []string
	faults   map[string]http.Handler
	serial   int
}

// Version is one version of a secret; its number is its place, from 1.
type Version struct {
	Data  []byte
	State string // "" for ENABLED
}

type grant struct {
	who    string
	expiry time.Time
}

// New makes a fake whose Reader may read every secret of Project.
func New(t testing.TB) *Google {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &Google{
		key: key, secrets: map[string][]Version{}, readers: map[string]bool{Reader: true}, viewers: map[string]bool{},
		actors: map[[2]string]bool{}, tokens: map[string]grant{}, faults: map[string]http.Handler{},
	}
}

// Mount maps Google's hosts, those of the given regions included.
func (g *Google) Mount(handle func(host string, h http.Handler), regions ...string) {
	handle(tokenHost, g.host(http.HandlerFunc(g.oauth)))
	handle(stsHost, g.host(http.HandlerFunc(g.sts)))
	handle(accountHost, g.host(http.HandlerFunc(g.impersonate)))
	handle("secretmanager.googleapis.com", g.host(g.secretManager("")))
	for _, region := range regions {
		handle("secretmanager."+region+".rep.googleapis.com", g.host(g.secretManager(region)))
	}
}

// host records the requests, and lets faults answer in a host's place.
func (g *Google) host(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.requests = append(g.requests, r.Method+" "+r.Host+r.URL.Path)
		fault := g.faults[r.Host]
		g.mu.Unlock()
		if fault != nil {
			fault.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Requests returns what was asked so far: method, host and path.
func (g *Google) Requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.requests)
}

// Break makes h answer for a host; nil mends it.
func (g *Google) Break(host string, h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults[host] = h
}

// Put stores the versions of a secret: projects/P/secrets/S, or with a location.
func (g *Google) Put(name string, versions ...Version) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.secrets[name] = versions
}

// Grant lets an identity read the secrets of Project.
func (g *Google) Grant(identity string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.readers[identity] = true
}

// GrantView lets an identity see the versions of every secret of Project, and not
// their values.
func (g *Google) GrantView(identity string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.viewers[identity] = true
}

// LetActAs lets an identity get tokens of a service account.
func (g *Google) LetActAs(identity, target string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.actors[[2]string{identity, target}] = true
}

// Expire makes every token that was given so far worthless.
func (g *Google) Expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

// object is a JSON object.
type object = map[string]any

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// Fail writes the error of a Google API. The details follow the common form.
func Fail(w http.ResponseWriter, code int, status, message string, details ...map[string]any) {
	e := object{"code": code, "status": status, "message": message + " " + Sentinel}
	if len(details) > 0 {
		e["details"] = details
	}
	reply(w, code, object{"error": e})
}

// Reason is the detail that says why, as Google's APIs do.
func Reason(reason string) map[string]any {
	return object{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
		"metadata": object{"service": "secretmanager.googleapis.com"},
	}
}
