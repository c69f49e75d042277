package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

const sentinel = "S3NTINEL"

// TestMain makes the test binary an exec plugin when a kubeconfig says so.
func TestMain(m *testing.M) {
	if mode := os.Getenv("TEST_EXEC_PLUGIN"); mode != "" {
		actAsPlugin(mode)
		return
	}
	testenv.Main(m)
}

// cluster is an API server in this process. It checks what the real one does:
// the bearer token, and the path with the namespace.
type cluster struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	token    string
	secrets  map[string]map[string]string // name -> data, before base64
	denied   []string
	requests []string
	sent     []byte           // the last answer about a Secret
	answer   http.HandlerFunc // replaces everything that comes after the token
}

const testNamespace = "team-a"

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, token: jwt(`{"sub":"system:serviceaccount:team-a:ingestion","exp":1893456000}`), secrets: map[string]map[string]string{}}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	c.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	c.StartTLS()
	t.Cleanup(c.Close)
	return c
}

// jwt makes a token whose signature nobody looks at.
func jwt(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256"}`)) + "." + part([]byte(claims)) + "." + part([]byte(sentinel))
}

func (c *cluster) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, r.Method+" "+r.URL.Path)
	w.Header().Set("Audit-Id", "audit-1")
	if c.token != "" && r.Header.Get("Authorization") != "Bearer "+c.token {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	if c.answer != nil {
		c.answer(w, r)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/api/v1/namespaces/"+testNamespace+"/secrets/")
	data, found := c.secrets[name]
	switch {
	case !ok, r.Method != http.MethodGet, slices.Contains(c.denied, name):
		refuse(w, http.StatusForbidden, "Forbidden")
	case !found:
		refuse(w, http.StatusNotFound, "NotFound")
	default:
		c.sent, _ = json.Marshal(shown(r, name, data))
		_, _ = w.Write(c.sent)
	}
}

// refuse writes a refusal as the API server does, with a text that must not be
// passed on.
func refuse(w http.ResponseWriter, code int, reason string) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"%s","reason":"%s","details":{"kind":"secrets"},"code":%d}`, sentinel, reason, code)
}

// asked returns the requests so far, and forgets them.
func (c *cluster) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { c.requests = nil }()
	return c.requests
}

func (c *cluster) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// pod writes what the kubelet would mount, and returns it with the settings of a
// pod that says nothing else.
func (c *cluster) pod() (surroundings, providers.Settings) {
	c.t.Helper()
	dir := c.t.TempDir()
	write(c.t, filepath.Join(dir, "token"), c.token+"\n")
	write(c.t, filepath.Join(dir, "ca.crt"), c.ca())
	write(c.t, filepath.Join(dir, "namespace"), testNamespace)
	host, port, _ := strings.Cut(strings.TrimPrefix(c.URL, "https://"), ":")
	return surroundings{pod: dir}, settings(map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port})
}

func (c *cluster) ca() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw}))
}

// kubeconfig writes one whose only user is the given YAML flow mapping.
func (c *cluster) kubeconfig(user string) string {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "kubeconfig")
	write(c.t, path, fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: main,
contexts: [{name: main, context: {cluster: here, user: ann, namespace: %s}}],
clusters: [{name: here, cluster: {server: %q, certificate-authority-data: %s,
  extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: here}}]}}],
users: [{name: ann, user: %s}]}`, testNamespace, c.URL, base64.StdEncoding.EncodeToString([]byte(c.ca())), user))
	return path
}

// settings are those of an environment and of pairs of key and value.
func settings(environment map[string]string, pairs ...string) providers.Settings {
	s := providers.Settings{
		Values:    map[string]providers.Setting{},
		UserAgent: "om-secret-exec/test",
		Env:       func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
	}
	for i := 0; i < len(pairs); i += 2 {
		s.Values[pairs[i]] = providers.Setting{Value: pairs[i+1], Source: "airflow.cfg:7"}
	}
	return s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustOpen(t *testing.T, s providers.Settings, around surroundings) *Store {
	t.Helper()
	st, err := open(s, around)
	if err != nil {
		t.Fatalf("open = %+v", *err)
	}
	return st
}

// get reads one id.
func get(t *testing.T, st *Store, id string) (providers.Secret, *providers.Error) {
	t.Helper()
	results := st.Read(t.Context(), []providers.Ref{{ID: id}})
	if len(results) != 1 {
		t.Fatalf("Read gave %d results for one reference", len(results))
	}
	checkHarmless(t, results[0].Err)
	return results[0].Secret, results[0].Err
}

// checkHarmless fails when an error shows what it must not, or lacks what a
// person needs.
func checkHarmless(t *testing.T, e *providers.Error) {
	t.Helper()
	if e == nil {
		return
	}
	if text := fmt.Sprintf("%+v", *e); strings.Contains(text, sentinel) || strings.Contains(text, "\n") {
		t.Errorf("the error shows too much: %s", text)
	}
	if e.Hint == "" && e.Code != providers.Cancelled && e.Code != providers.Throttled && !e.Retryable {
		t.Errorf("the error %v has no hint", e)
	}
}
