package testenv

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"
)

// Object is a Kubernetes object, as in its JSON.
type Object = map[string]any

// Namespace makes a namespace.
func (k KubeServer) Namespace(t testing.TB, name string) {
	t.Helper()
	k.Create(t, "/api/v1/namespaces", Object{"metadata": Object{"name": name}})
}

// Secret makes a Secret with the values of a map. A value may be any bytes.
func (k KubeServer) Secret(t testing.TB, namespace, name string, data map[string][]byte) {
	t.Helper()
	k.Create(t, "/api/v1/namespaces/"+namespace+"/secrets", Object{"metadata": Object{"name": name}, "data": data})
}

// Account makes a service account and, when verbs are given, a role of the same
// name that lets it use these verbs on the Secrets of its namespace.
func (k KubeServer) Account(t testing.TB, namespace, name string, verbs ...string) {
	t.Helper()
	metadata := Object{"name": name}
	k.Create(t, "/api/v1/namespaces/"+namespace+"/serviceaccounts", Object{"metadata": metadata})
	if len(verbs) == 0 {
		return
	}
	const group = "rbac.authorization.k8s.io"
	path := "/apis/" + group + "/v1/namespaces/" + namespace
	k.Create(t, path+"/roles", Object{"metadata": metadata, "rules": []Object{
		{"apiGroups": []string{""}, "resources": []string{"secrets"}, "verbs": verbs},
	}})
	k.Create(t, path+"/rolebindings", Object{
		"metadata": metadata,
		"roleRef":  Object{"apiGroup": group, "kind": "Role", "name": name},
		"subjects": []Object{{"kind": "ServiceAccount", "namespace": namespace, "name": name}},
	})
}

// TokenFor returns a token of a service account, good for an hour, as a pod gets
// it. Without audiences it is for the API server itself.
func (k KubeServer) TokenFor(t testing.TB, namespace, account string, audiences ...string) string {
	t.Helper()
	var request struct {
		Status struct{ Token string }
	}
	answer := k.Create(t, "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+account+"/token",
		Object{"spec": Object{"audiences": audiences, "expirationSeconds": 3600}})
	if err := json.Unmarshal(answer, &request); err != nil || request.Status.Token == "" {
		t.Fatalf("reading a token of %s/%s: %v", namespace, account, err)
	}
	return request.Status.Token
}

// Create posts an object as the administrator and returns the server's answer.
// It fails the test when the object is there already.
func (k KubeServer) Create(t testing.TB, path string, object any) []byte {
	t.Helper()
	body, err := json.Marshal(object)
	if err != nil {
		t.Fatalf("encoding an object for %s: %v", path, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("creating an object at %s: %v", path, err)
	}
	req.Header.Set("Authorization", "Bearer "+k.AdminToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := k.client(t).Do(req)
	if err != nil {
		t.Fatalf("creating an object at %s: %v", path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("creating an object at %s: %s, %v\n%s", path, resp.Status, err, answer)
	}
	return answer
}

// client returns a client for the server alone, whatever proxies there are.
func (k KubeServer) client(t testing.TB) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if cert, err := os.ReadFile(k.CAFile); err != nil || !roots.AppendCertsFromPEM(cert) {
		t.Fatalf("reading the CA of the API server: %v", err)
	}
	return &http.Client{Transport: &http.Transport{
		Proxy: nil, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}
}
