//go:build integration

package openbao_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// admin makes fixtures on a server, as its root.
type admin struct {
	t         *testing.T
	server    testenv.BaoServer
	http      *http.Client
	namespace string
}

func newAdmin(t *testing.T, server testenv.BaoServer) *admin {
	t.Helper()
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(server.CAFile); err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("reading the CA of the server: %v", err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &admin{t: t, server: server, http: &http.Client{Transport: transport}}
}

// in is the same administrator in a namespace, which is made.
func (a *admin) in(namespace string) *admin {
	a.call(http.MethodPut, "sys/namespaces/"+namespace, nil)
	inside := *a
	inside.namespace = namespace
	return &inside
}

// reply is what fixtures need of an answer.
type reply struct {
	Data map[string]any `json:"data"`
	Auth struct {
		Token string `json:"client_token"`
	} `json:"auth"`
}

func (a *admin) call(method, path string, body any) reply {
	a.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.server.Addr+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("X-Vault-Token", a.server.RootToken)
	if a.namespace != "" {
		req.Header.Set("X-Vault-Namespace", a.namespace)
	}
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		a.t.Fatalf("%s %s: %s, %v\n%s", method, path, resp.Status, err, answer)
	}
	var r reply
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &r); err != nil {
			a.t.Fatal(err)
		}
	}
	return r
}

// object is a JSON object.
type object = map[string]any

func (a *admin) write(path string, body object) reply {
	a.t.Helper()
	return a.call(http.MethodPost, path, body)
}

// mount makes a key-value engine.
func (a *admin) mount(path, version string) {
	a.t.Helper()
	a.write("sys/mounts/"+path, object{"type": "kv", "options": object{"version": version}})
}

// put writes an entry of version 2.
func (a *admin) put(mount, id string, fields object) {
	a.t.Helper()
	a.write(mount+"/data/"+id, object{"data": fields})
}

// policy lets its bearer read paths.
func (a *admin) policy(name string, paths ...string) {
	a.t.Helper()
	var text strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&text, "path %q { capabilities = [\"read\"] }\n", path)
	}
	a.write("sys/policies/acl/"+name, object{"policy": text.String()})
}

// token makes a token with one policy and the default one.
func (a *admin) token(policy string) string {
	a.t.Helper()
	return a.write("auth/token/create", object{"policies": []string{policy}, "ttl": "1h"}).Auth.Token
}

// settings are those of the root token; more pairs of key and value win.
func (a *admin) settings(pairs ...string) providers.Settings {
	return settings(a.server.Addr, append([]string{
		"openbao_ca_cert_path", a.server.CAFile, "openbao_token", a.server.RootToken, "openbao_namespace", a.namespace,
	}, pairs...)...)
}

// want is the answer for one entry.
type want struct {
	id, version string
	value       string
	code        providers.Code
	message     string
}

func (w want) check(t *testing.T, store providers.Store) *providers.Error {
	t.Helper()
	r := read(t.Context(), t, store, w.id, w.version)
	if w.code != "" {
		failsWith(t, fmt.Sprintf("Read(%q, %q)", w.id, w.version), r.Err, w.code, w.message)
		return r.Err
	}
	if r.Err != nil || string(r.Secret.Value) != w.value {
		t.Errorf("Read(%q, %q) = %q, %v, want %q", w.id, w.version, r.Secret.Value, r.Err, w.value)
	}
	return r.Err
}
