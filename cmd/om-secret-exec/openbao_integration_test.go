//go:build integration

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/testenv"
)

// TestOpenBao runs the scripts against a real server, as an AppRole that may
// read the entries below secret/prod and do nothing else. They reach it by its
// address, and by another name through a proxy that records every other host.
func TestOpenBao(t *testing.T) {
	t.Parallel()
	bao := vault{t, testenv.Bao(t)}
	values := map[string]string{}
	for n := range secretCount {
		values[secretID(n)] = secretValue(n)
		bao.run("kv", "put", "-mount=secret", secretID(n)[1:], "value="+secretValue(n), "user=ann")
	}
	bao.runWith(`path "secret/data/prod/*" { capabilities = ["read"] }`, "policy", "write", "ingestion", "-")
	bao.run("auth", "enable", "approle")
	bao.run("write", "auth/approle/role/ingestion", "token_policies=ingestion", "token_ttl=10m")
	roleID := bao.run("read", "-field=role_id", "auth/approle/role/ingestion/role-id")
	single := bao.run("write", "-f", "-field=secret_id", "auth/approle/role/ingestion/secret-id")
	used := bao.run("write", "-field=secret_id", "auth/approle/role/ingestion/secret-id", "num_uses=1")

	proxy := testenv.NewProxy(t)
	proxy.Handle("bao.example.org", forwardToBao(t, bao.server))
	t.Cleanup(func() {
		if others := proxy.Unexpected(); len(others) > 0 {
			t.Errorf("the runs asked %q as well", others)
		}
	})
	busy := httptest.NewServer(busyAtFirst(forwardToBao(t, bao.server)))
	t.Cleanup(busy.Close)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "S3NTINEL", http.StatusInternalServerError)
	}))
	t.Cleanup(broken.Close)
	p := params("testdata/openbao")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("SERVER", bao.server.Addr)
		env.Setenv("CA", bao.server.CAFile)
		env.Setenv("BUSY", busy.URL)
		env.Setenv("BROKEN", broken.URL)
		env.Setenv("PROXY", proxy.URL)
		env.Setenv("PROXY_CA", proxy.CAFile)
		env.Setenv("ROLE_ID", roleID)
		env.Setenv("SECRET_ID", single)
		env.Setenv("SINGLE_USE", used)
		env.Setenv("TOKEN", bao.run("token", "create", "-policy=ingestion", "-ttl=1h", "-field=token"))
		env.Setenv("OM2", testenv.Python(t, "airflow3"))
		data, err := json.Marshal(values)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, "values.json"), data, 0o600); err != nil {
			return err
		}
		return common(env)
	}
	testscript.Run(t, p)
}

// vault makes fixtures with the server's own command, as the docs tell people to.
type vault struct {
	t      *testing.T
	server testenv.BaoServer
}

func (v vault) run(args ...string) string {
	v.t.Helper()
	return v.runWith("", args...)
}

func (v vault) runWith(stdin string, args ...string) string {
	v.t.Helper()
	cmd := exec.Command(v.server.Command, args...)
	cmd.Env = append(v.server.Env(), "HOME="+v.t.TempDir())
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		v.t.Fatalf("bao %s: %v\n%s", fmt.Sprint(args), err, out)
	}
	return strings.TrimSpace(string(out))
}

// forwardToBao hands requests on to the server.
func forwardToBao(t *testing.T, server testenv.BaoServer) http.Handler {
	t.Helper()
	target, err := url.Parse(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if ca, err := os.ReadFile(server.CAFile); err != nil || !roots.AppendCertsFromPEM(ca) {
		t.Fatalf("reading the server's CA: %v", err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = &http.Transport{Proxy: nil, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return forward
}

// busyAtFirst turns the first request for each path away.
func busyAtFirst(next http.Handler) http.Handler {
	var asked sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, again := asked.LoadOrStore(r.URL.Path, true); again {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
}
