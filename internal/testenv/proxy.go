package testenv

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy is an HTTP proxy that makes real host names local: it answers for the
// hosts that a test has mapped, https included, and refuses all others with 502.
// With [Proxy.Env] in its environment, the unchanged program talks to
// https://login.microsoftonline.com and checks everything that it checks
// outside, and the test knows that it talked to nobody else.
//
// Programs written in Go never use a proxy for localhost and 127.0.0.1.
type Proxy struct {
	URL    string // http://127.0.0.1:PORT
	CAFile string // a PEM file with the CA that signs for all hosts

	ca      *authority
	noCerts string // an empty directory
	http1   atomic.Bool
	tunnels chan net.Conn

	mu         sync.Mutex
	handlers   map[string]http.Handler
	unexpected []string
}

// NewProxy starts a proxy that ends with the test.
func NewProxy(t testing.TB) *Proxy {
	t.Helper()
	ca, err := newAuthority()
	if err != nil {
		t.Fatalf("making a certificate authority: %v", err)
	}
	p := &Proxy{
		CAFile: filepath.Join(t.TempDir(), "ca.pem"), noCerts: t.TempDir(),
		ca: ca, tunnels: make(chan net.Conn), handlers: map[string]http.Handler{},
	}
	if err := os.WriteFile(p.CAFile, ca.pem, 0o600); err != nil {
		t.Fatalf("writing the certificate of the authority: %v", err)
	}
	p.serve(t)
	return p
}

// serve runs two servers: one speaks as a proxy, the other as every host to
// which the first has opened a tunnel.
func (p *Proxy) serve(t testing.TB) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("starting the proxy: %v", err)
	}
	p.URL = "http://" + listener.Addr().String()
	inner := &tunnelListener{tunnels: p.tunnels, closed: make(chan struct{}), addr: listener.Addr()}
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			p.connect(w, r, inner.closed)
			return
		}
		p.answer(w, r)
	})}
	host := &http.Server{
		Handler: http.HandlerFunc(p.answer),
		// The server sets up HTTP/2 because of this list; which protocols a
		// connection may speak is decided by GetConfigForClient.
		TLSConfig: &tls.Config{NextProtos: []string{"h2", "http/1.1"}, GetConfigForClient: p.tlsConfig, MinVersion: tls.VersionTLS12},
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // a client that distrusts the CA is what some tests want
	}
	go func() { _ = front.Serve(listener) }()
	go func() { _ = host.ServeTLS(inner, "", "") }()
	t.Cleanup(func() {
		_ = front.Close()
		_ = inner.Close()
		_ = host.Close()
	})
}

// Handle maps a host name, without a port, to what answers for it, by https and
// by http. The handler sees the name in Request.Host. A second call for the same
// name replaces the handler; calls may be made while the proxy is in use.
func (p *Proxy) Handle(host string, h http.Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[strings.ToLower(host)] = h
}

// HTTP1 makes new tunnels speak HTTP/1.1 only. A handler needs that to hijack a
// connection, and so to break it in the ways that networks do.
func (p *Proxy) HTTP1() { p.http1.Store(true) }

// Unexpected returns the hosts that were asked for and that nobody mapped, each
// once, without ports, in the order of the first request.
func (p *Proxy) Unexpected() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.unexpected)
}

// Env returns the variables that make a program, in Go or in Python, use the
// proxy for everything and trust its CA and no other.
func (p *Proxy) Env() []string {
	return []string{
		"HTTPS_PROXY=" + p.URL, "https_proxy=" + p.URL,
		"HTTP_PROXY=" + p.URL, "http_proxy=" + p.URL,
		"NO_PROXY=", "no_proxy=",
		"SSL_CERT_FILE=" + p.CAFile, "SSL_CERT_DIR=" + p.noCerts,
		"REQUESTS_CA_BUNDLE=" + p.CAFile,
		"AWS_CA_BUNDLE=", // the AWS SDK prefers it to SSL_CERT_FILE
	}
}

// Client returns a client that uses the proxy and trusts its CA, for code that
// runs in the test process: Go reads the variables of [Proxy.Env] once per process.
func (p *Proxy) Client() *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(p.ca.cert)
	proxy, err := url.Parse(p.URL)
	if err != nil {
		panic(err) // it is made of a listener's address
	}
	return &http.Client{Transport: &http.Transport{
		Proxy:             http.ProxyURL(proxy),
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DisableKeepAlives: true, // nothing is left when the proxy ends
	}}
}

// handler returns what answers for a host, and remembers a host without one.
func (p *Proxy) handler(host string) http.Handler {
	name := strings.ToLower(hostname(host))
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.handlers[name]
	if h == nil && !slices.Contains(p.unexpected, name) {
		p.unexpected = append(p.unexpected, name)
	}
	return h
}

// answer serves a request for a host: from within a tunnel, or one by plain http.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request) {
	h := p.handler(r.Host)
	if h == nil {
		refuse(w)
		return
	}
	h.ServeHTTP(w, r)
}

// connect opens a tunnel and hands its end to the server that plays the hosts.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request, closed <-chan struct{}) {
	if p.handler(r.Host) == nil {
		refuse(w)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "testenv: no tunnel", http.StatusInternalServerError)
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	select {
	case p.tunnels <- &tunnel{Conn: conn, reader: buffered, target: hostname(r.Host)}:
	case <-closed:
		_ = conn.Close()
	}
}

func refuse(w http.ResponseWriter) {
	http.Error(w, "testenv: nobody mapped this host", http.StatusBadGateway)
}
