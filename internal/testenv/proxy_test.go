package testenv_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/testenv"
)

// echo answers with what a handler behind the proxy can see.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.Host, r.URL.Path, r.Proto, string(body)}, " "))
})

func TestProxyAnswersForMappedHosts(t *testing.T) {
	for _, tt := range []struct {
		name, url, want string
		http1           bool
	}{
		{name: "https", url: "https://kv1.vault.azure.net/secrets/a", want: "POST kv1.vault.azure.net /secrets/a HTTP/2.0 hello"},
		{name: "https without HTTP/2", url: "https://kv1.vault.azure.net/secrets/a", want: "POST kv1.vault.azure.net /secrets/a HTTP/1.1 hello", http1: true},
		{name: "https on a port", url: "https://bao.example:8200/v1", want: "POST bao.example:8200 /v1 HTTP/2.0 hello"},
		{name: "https by address", url: "https://192.0.2.7/", want: "POST 192.0.2.7 / HTTP/2.0 hello"},
		{name: "https by IPv6 address", url: "https://[2001:db8::7]/", want: "POST [2001:db8::7] / HTTP/2.0 hello"},
		{name: "http", url: "http://169.254.169.254/token", want: "POST 169.254.169.254 /token HTTP/1.1 hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := testenv.NewProxy(t)
			for _, host := range []string{"KV1.vault.azure.net", "bao.example", "192.0.2.7", "2001:db8::7", "169.254.169.254"} {
				p.Handle(host, echo)
			}
			if tt.http1 {
				p.HTTP1()
			}
			for range 2 { // the second time with a certificate from the cache
				resp, err := p.Client().Post(tt.url, "text/plain", strings.NewReader("hello"))
				if err != nil {
					t.Fatalf("POST %s: %v", tt.url, err)
				}
				if got := read(t, resp); got != tt.want {
					t.Errorf("POST %s = %q, want %q", tt.url, got, tt.want)
				}
			}
			if got := p.Unexpected(); len(got) != 0 {
				t.Errorf("Unexpected() = %q, want none", got)
			}
		})
	}
}

func TestProxyRefusesOtherHosts(t *testing.T) {
	p := testenv.NewProxy(t)
	p.Handle("mapped.example", echo)
	client := p.Client()
	if resp, err := client.Get("https://Other.example/"); err == nil {
		resp.Body.Close()
		t.Errorf("GET https://other.example/ = %s, want no tunnel", resp.Status)
	}
	for range 2 {
		resp, err := client.Get("http://plain.example:8080/")
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != http.StatusBadGateway {
			t.Errorf("GET http://plain.example/ = %s, want 502", resp.Status)
		}
	}
	// A tunnel to one host is no way to another.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://mapped.example/", http.NoBody)
	req.Host = "hidden.example"
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusBadGateway {
		t.Errorf("asking mapped.example for hidden.example = %s, want 502", resp.Status)
	}
	want := []string{"other.example", "plain.example", "hidden.example"}
	if diff := cmp.Diff(want, p.Unexpected()); diff != "" {
		t.Errorf("Unexpected() (-want +got):\n%s", diff)
	}
}

// The certificates are good because of the CA alone.
func TestProxyCAIsNeeded(t *testing.T) {
	p := testenv.NewProxy(t)
	p.Handle("mapped.example", echo)
	client := p.Client()
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = x509.NewCertPool()
	resp, err := client.Get("https://mapped.example/")
	if err == nil {
		resp.Body.Close()
	}
	if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
		t.Errorf("GET without the CA = %v, want an unknown authority", err)
	}
}

// A handler can break the connection as a network does.
func TestProxyHTTP1CanHijack(t *testing.T) {
	p := testenv.NewProxy(t)
	p.HTTP1()
	p.Handle("broken.example", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
		_ = conn.Close()
	}))
	resp, err := p.Client().Get("https://broken.example/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if resp.Body.Close(); string(body) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("body = %q, %v, want half of it and an unexpected end", body, err)
	}
}

// A program with the proxy's variables uses the proxy. The program is this test,
// started again.
func TestProxyEnv(t *testing.T) {
	const asked = "TESTENV_ASK"
	if target := os.Getenv(asked); target != "" {
		resp, err := http.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		_ = json.NewEncoder(os.Stdout).Encode(read(t, resp))
		return
	}
	p := testenv.NewProxy(t)
	p.Handle("login.microsoftonline.com", echo)
	hostile := []string{"NO_PROXY=*", "no_proxy=login.microsoftonline.com", "SSL_CERT_FILE=" + os.DevNull}
	cmd := exec.Command(os.Args[0], "-test.run=^TestProxyEnv$")
	cmd.Env = slices.Concat(os.Environ(), hostile, p.Env(), []string{asked + "=https://login.microsoftonline.com/common"})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("running the program: %v\n%s", err, out)
	}
	if want := "GET login.microsoftonline.com /common"; !strings.Contains(string(out), want) {
		t.Errorf("the program got %q, want %q in it", out, want)
	}
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	return string(body)
}
