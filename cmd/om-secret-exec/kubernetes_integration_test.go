//go:build integration

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/testenv"
)

// TestKubernetes runs the scripts against a real API server, as a service
// account that may get Secrets of its namespace and do nothing else. Some of
// them reach it by another name, through a proxy that records every other host.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	k := testenv.Kube(t)
	const namespace = "warehouse"
	k.Namespace(t, namespace)
	k.Account(t, namespace, "ingestion", "get")
	values := map[string]string{}
	for n := range secretCount {
		id := fmt.Sprintf("prod-secret-%d", n)
		values[id] = secretValue(n)
		k.Secret(t, namespace, id, map[string][]byte{"value": []byte(values[id]), "user": []byte("ann")})
	}
	proxy := testenv.NewProxy(t)
	proxy.Handle("kube.example.org", forwardTo(t, k))
	t.Cleanup(func() {
		if others := proxy.Unexpected(); len(others) > 0 {
			t.Errorf("the runs asked %q as well", others)
		}
	})
	token := k.TokenFor(t, namespace, "ingestion")
	p := params("testdata/kubernetes")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("SERVER", k.URL)
		env.Setenv("PROXY", proxy.URL)
		env.Setenv("OM2", testenv.Python(t, "airflow3"))
		data, err := json.Marshal(values)
		if err != nil {
			return err
		}
		for name, text := range map[string]string{
			"values.json": string(data),
			"token":       token,
			"direct":      kubeconfig(k.URL, k.CAFile, token),
			"proxied":     kubeconfig("https://kube.example.org", proxy.CAFile, token),
			"down":        kubeconfig("https://127.0.0.1:1", k.CAFile, token),
			"refused":     kubeconfig(k.URL, k.CAFile, "S3NTINEL-wrong"),
		} {
			if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o600); err != nil {
				return err
			}
		}
		return common(env)
	}
	testscript.Run(t, p)
}

func kubeconfig(server, caFile, token string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: test,
contexts: [{name: test, context: {cluster: c, user: ingestion}}],
clusters: [{name: c, cluster: {server: %q, certificate-authority: %q}}],
users: [{name: ingestion, user: {token: %q}}]}`, server, caFile, token)
}

// forwardTo hands requests on to the API server.
func forwardTo(t *testing.T, k testenv.KubeServer) http.Handler {
	t.Helper()
	target, err := url.Parse(k.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if ca, err := os.ReadFile(k.CAFile); err != nil || !roots.AppendCertsFromPEM(ca) {
		t.Fatalf("reading the API server's CA: %v", err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = &http.Transport{Proxy: nil, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return forward
}
