// Package rest is what the stores share that speak HTTP: a transport that trusts
// what the operator said, bodies and redirects within bounds, and the meaning of
// errors below HTTP. It knows no store.
package rest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"om-secret-exec/internal/providers"
)

const (
	// idlePerHost keeps the connections of one round of calls for the next.
	idlePerHost = 64
	// connectTimeout is for one connection; the run's time-out is for all.
	connectTimeout = 5 * time.Second
	// maxBody is far above the largest answer of any store: an endless body
	// must not fill the memory.
	maxBody = 16 << 20 // 16 MiB
)

// ErrBodyTooLarge is the error of a body that goes on after 16 MiB.
var ErrBodyTooLarge = errors.New("answer is too large")

// ErrRedirect is the error of an answer that sends us to another host, or from
// https to plain http: it would take the credentials along.
var ErrRedirect = errors.New("redirected to another host")

// Options say how a store is connected to. The zero value is the public network
// with the system's roots.
type Options struct {
	// CAFiles are PEM files of roots to trust besides the system's; empty names
	// are passed over.
	CAFiles []string
	// SkipVerify trusts every certificate. The caller warns.
	SkipVerify bool
	// ConnectTimeout bounds one connection, 5 s if it is 0.
	ConnectTimeout time.Duration
}

// NewTransport makes a transport with the proxy of the environment. Its error
// has code CONFIG: a CA file that cannot be used.
func NewTransport(o Options) (*http.Transport, *providers.Error) {
	roots, err := Roots(o.CAFiles...)
	if err != nil {
		return nil, err
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = connectTimeout
	}
	dialer := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: idlePerHost,
		TLSHandshakeTimeout: 2 * o.ConnectTimeout,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, RootCAs: roots,
			InsecureSkipVerify: o.SkipVerify, //nolint:gosec // the operator's explicit setting
		},
	}, nil
}

// NewClient makes a client whose bodies are bounded, and which follows redirects
// on the same host only. Errors are those of NewTransport.
func NewClient(o Options) (*http.Client, *providers.Error) {
	transport, err := NewTransport(o)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: Guard(transport), CheckRedirect: SameHost}, nil
}

// SameHost is a CheckRedirect that refuses to leave the host that was asked.
func SameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme || len(via) > 5 {
		return ErrRedirect
	}
	return nil
}

// Roots gives the system's roots and those of the files, or nil, which means the
// system's, when no file is named. Loading the system's takes 3 ms and more, so
// it is left to who needs them.
func Roots(files ...string) (*x509.CertPool, *providers.Error) {
	var pool *x509.CertPool
	for _, name := range files {
		if name == "" {
			continue
		}
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, &providers.Error{
				Code: providers.Config, Message: "reading the CA file: " + err.Error(),
				Hint: "mend --ca-file, OM_SECRET_EXEC_CA_FILE, or the store's own setting of a CA",
			}
		}
		if pool == nil {
			if pool, err = x509.SystemCertPool(); err != nil {
				pool = x509.NewCertPool()
			}
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, &providers.Error{
				Code: providers.Config, Message: fmt.Sprintf("no certificate in the CA file %q", name),
				Hint: "give a PEM file with -----BEGIN CERTIFICATE----- blocks",
			}
		}
	}
	return pool, nil
}

// Guard bounds the bodies of answers.
func Guard(next http.RoundTripper) http.RoundTripper { return guarded{next} }

type guarded struct{ next http.RoundTripper }

func (g guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = Bound(resp.Body)
	return resp, nil
}

// Bound makes a body end in ErrBodyTooLarge after 16 MiB.
func Bound(body io.ReadCloser) io.ReadCloser { return &limitedBody{ReadCloser: body, left: maxBody} }

// limitedBody ends in ErrBodyTooLarge.
type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrBodyTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// RetryAfter reads the header of that name, in seconds or as a date; 0 when
// there is none that makes sense.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(seconds, 3600))*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// IsLocal tells whether a host is this machine, where plain http is no danger.
func IsLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
