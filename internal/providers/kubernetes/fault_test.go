package kubernetes

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

// fault is an answer that is no Secret, and what it means.
type fault struct {
	name      string
	answer    http.HandlerFunc
	code      providers.Code
	message   string
	retryable bool
}

func faults() []fault {
	text := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	const html = "<html>" + sentinel + "</html>"
	secret := func(data string) string {
		return `{"kind":"Secret","metadata":{"name":"db"},"data":` + data + `}`
	}
	return []fault{
		{"429", text(429, ""), providers.Throttled, "slow down", true},
		{"500", text(500, `{"kind":"Status","message":"S3NTINEL"}`), providers.Unavailable, "HTTP status 500", true},
		{"503", text(503, html), providers.Unavailable, "HTTP status 503", true},
		{"page for a Secret", text(200, html), providers.Unavailable, "not a Kubernetes API server's (HTTP status 200)", false},
		{"page for 404", text(404, html), providers.Unavailable, "not a Kubernetes API server's (HTTP status 404)", false},
		{"404 of another kind", text(404, `{"kind":"Status","reason":"NotFound","details":{"kind":"pods"}}`), providers.Unavailable, "HTTP status 404", false},
		{"page for 403", text(403, html), providers.Policy, "before the API server", false},
		{"plain 400", text(400, "Client sent an HTTP request to an HTTPS server."), providers.Unavailable, "HTTP status 400", false},
		{"truncated", text(200, `{"kind":"Secret","data":{"value":"S3NT`), providers.Unavailable, "breaks off", true},
		{"empty body", text(200, ""), providers.Unavailable, "HTTP status 200", false},
		{"another kind", text(200, `{"kind":"ConfigMap","metadata":{"name":"db"},"data":{}}`), providers.Unavailable, "HTTP status 200", false},
		{"another Secret", text(200, `{"kind":"Secret","metadata":{"name":"other"}}`), providers.Unavailable, "HTTP status 200", false},
		{"no base64", text(200, secret(`{"value":"S3NTINEL!"}`)), providers.BadValue, "not base64", false},
		{"data of another shape", text(200, secret(`["S3NTINEL"]`)), providers.Unavailable, "HTTP status 200", false},
		{"body cut", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"kind"`)
		}, providers.Unavailable, "ends too early", true},
		{"connection closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, providers.Unavailable, "closed before", true},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			block := make([]byte, 1<<20)
			for range 100 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, providers.TooLarge, "16 MiB", false},
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range faults() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.answer = tt.answer
			around, s := c.pod()
			_, err := get(t, mustOpen(t, s, around), "db")
			if err == nil || err.Code != tt.code || !strings.Contains(err.Message, tt.message) || err.Retryable != tt.retryable {
				t.Fatalf("Read = %+v, want %s, %q, retryable %t", err, tt.code, tt.message, tt.retryable)
			}
			if err.Place == "" || err.Identity == "" {
				t.Errorf("error %+v lacks place or identity", *err)
			}
			if tt.retryable && err.Status >= 429 && err.After != 3*time.Second {
				t.Errorf("After = %v, want the server's 3s", err.After)
			}
			if asked := c.asked(); len(asked) != 1 {
				t.Errorf("requests = %q, want one", asked)
			}
		})
	}
}

// A redirect must not take the token to another host.
func TestRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked, with Authorization %q", r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	c := newCluster(t)
	c.answer = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }
	around, s := c.pod()
	if _, err := get(t, mustOpen(t, s, around), "db"); err == nil || !strings.Contains(err.Message, "another host") {
		t.Errorf("Read = %+v, want an error about another host", err)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, s := c.pod()
	c.Close()
	_, err := get(t, mustOpen(t, s, around), "db")
	if err == nil || err.Code != providers.Unavailable || !err.Refused || !strings.Contains(err.Place, "team-a") {
		t.Errorf("Read = %+v, want UNAVAILABLE that is retried until the deadline", err)
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	c, other := newCluster(t), newCluster(t)
	other.token = c.token
	c.secrets["db"] = map[string]string{"value": "x"}
	around, s := c.pod()
	write(t, around.pod+"/ca.crt", `-----BEGIN CERTIFICATE-----
S3NTINEL
-----END CERTIFICATE-----`)
	if _, err := open(s, around); err == nil || err.Code != providers.Config || !strings.Contains(err.Message, "cannot be used") {
		t.Errorf("open with a broken CA = %v, want CONFIG", err)
	} else {
		checkHarmless(t, err)
	}
	// Without the pod's CA the system's roots count, and --ca-file adds to them.
	write(t, around.pod+"/ca.crt", "")
	if _, err := get(t, mustOpen(t, s, around), "db"); err == nil || err.Code != providers.TLS || !strings.Contains(err.Hint, "--ca-file") {
		t.Errorf("Read with the wrong CA = %+v, want TLS and a hint", err)
	}
	s.CAFile = t.TempDir() + "/ca.pem"
	write(t, s.CAFile, c.ca())
	if _, err := get(t, mustOpen(t, s, around), "db"); err != nil {
		t.Errorf("Read with --ca-file = %+v", *err)
	}
	// It also adds to a CA of the cluster's own.
	s.Values[keyKubeconfig] = providers.Setting{Value: c.kubeconfig(fmt.Sprintf("{token: %s}", c.token))}
	if _, err := get(t, mustOpen(t, s, around), "db"); err != nil {
		t.Errorf("Read with a kubeconfig and --ca-file = %+v", *err)
	}
	s.CAFile = t.TempDir() + "/absent.pem"
	if _, err := open(s, around); err == nil || err.Code != providers.Config {
		t.Errorf("open without the CA file = %v, want CONFIG", err)
	}
}

// A proxy that does not let us through is no API server that is down.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	proxy := testenv.NewProxy(t)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, path, fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: main, contexts: [{name: main, context: {cluster: c, user: u}}],
clusters: [{name: c, cluster: {server: "https://kube.example.org", proxy-url: %q}}], users: [{name: u, user: {token: S3NTINEL}}]}`, proxy.URL))
	_, err := get(t, mustOpen(t, settings(nil, keyKubeconfig, path), surroundings{}), "db")
	if err == nil || err.Code != providers.Unavailable || !strings.Contains(err.Hint, "prox") {
		t.Errorf("Read = %+v, want UNAVAILABLE and a hint at the proxy", err)
	}
	if got := proxy.Unexpected(); len(got) != 1 || got[0] != "kube.example.org" {
		t.Errorf("the proxy was asked for %q, want the server alone", got)
	}
}
