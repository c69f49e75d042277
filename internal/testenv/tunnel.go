package testenv

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
)

// tunnel is the far end of a CONNECT request.
type tunnel struct {
	net.Conn
	reader io.Reader // begins with what the proxy's server had read ahead
	target string    // the host that the client asked for
}

// Read reads what the client sent.
func (t *tunnel) Read(b []byte) (int, error) { return t.reader.Read(b) }

// tunnelListener makes an [http.Server] serve tunnels.
type tunnelListener struct {
	tunnels <-chan net.Conn
	addr    net.Addr
	once    sync.Once
	closed  chan struct{}
}

// Accept waits for the next tunnel.
func (l *tunnelListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.tunnels:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (l *tunnelListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr returns the address of the proxy.
func (l *tunnelListener) Addr() net.Addr { return l.addr }

// hostname returns the host of HOST or HOST:PORT, without brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	if len(host) > 1 && host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

// tlsConfig returns the settings of one tunnel, with a certificate for the name
// that the client asks for.
func (p *Proxy) tlsConfig(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	name := hello.ServerName
	if t, ok := hello.Conn.(*tunnel); ok && name == "" { // an IP address has no SNI
		name = t.target
	}
	cert, err := p.ca.issue(name)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{*cert}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
	if p.http1.Load() {
		config.NextProtos = []string{"http/1.1"}
	}
	return config, nil
}
