package azurekv

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"om-secret-exec/internal/providers/rest"
)

// trace is what one read saw of the network. The SDK turns the errors of its
// token clients into text, which cannot be told apart and may quote answers; so
// the transport notes what happened, and explain reads it here.
type trace struct {
	mu sync.Mutex
	// host is who was asked last, and err or answer what came of it.
	host   string
	local  bool // a metadata service's address
	err    error
	answer answer
	// login is the failure to get a token, and file that to read the token it
	// starts from.
	login, file error
	// rejected is the token that the vault answered with a 401.
	rejected string
}

// answer is the part of an HTTP answer that failures are told by.
type answer struct {
	status int
	header http.Header
	// word is the OAuth error code, and codes are the authority's own numbers.
	word  string
	codes []int
}

type traceKey struct{}

func withTrace(ctx context.Context) (context.Context, *trace) {
	t := &trace{}
	return context.WithValue(ctx, traceKey{}, t), t
}

// traceOf gives the trace of ctx, or one that nobody reads.
func traceOf(ctx context.Context) *trace {
	if t, ok := ctx.Value(traceKey{}).(*trace); ok {
		return t
	}
	return &trace{}
}

// recorder notes every exchange in the trace of its request.
type recorder struct {
	next  http.RoundTripper
	vault string
}

func newClient(transport *http.Transport, vault string) *http.Client {
	return &http.Client{Transport: recorder{rest.Guard(direct(transport)), vault}, CheckRedirect: rest.SameHost}
}

// metadataTimeout is for a connection to a metadata service. It is in the same
// machine; where there is none, nobody refuses the connection either.
const metadataTimeout = 2 * time.Second

// direct keeps requests to metadata services away from proxies, since behind one
// sits somebody else's identity, and gives them up soon.
func direct(t *http.Transport) *http.Transport {
	dial, proxy := t.DialContext, t.Proxy
	if proxy != nil {
		t.Proxy = func(req *http.Request) (*url.URL, error) {
			if isLinkLocal(req.URL.Hostname()) {
				return nil, nil
			}
			return proxy(req)
		}
	}
	if dial != nil {
		t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if host, _, err := net.SplitHostPort(addr); err == nil && isLinkLocal(host) {
				limited, cancel := context.WithTimeout(ctx, metadataTimeout)
				defer cancel()
				ctx = limited
			}
			return dial(ctx, network, addr)
		}
	}
	return t
}

func isLinkLocal(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLinkLocalUnicast()
}

// RoundTrip implements [http.RoundTripper].
func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	t := traceOf(req.Context())
	resp, err := r.next.RoundTrip(req)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.host, t.local, t.err, t.answer = req.URL.Host, isLinkLocal(req.URL.Hostname()), err, answer{}
	if err != nil {
		if t.local {
			// Nobody will be there in a second: repeating takes the time of the
			// read and hides why.
			err = final{err}
		}
		return nil, err
	}
	t.answer.status, t.answer.header = resp.StatusCode, resp.Header
	if req.URL.Host == r.vault {
		if resp.StatusCode == http.StatusUnauthorized {
			t.rejected = strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
			dropBadChallenge(resp.Header)
		}
	} else if resp.StatusCode >= http.StatusBadRequest {
		t.answer.read(resp)
	}
	return resp, nil
}

// final is an error that the SDK does not repeat the request for.
type final struct{ error }

// NonRetriable marks the error for azcore's retry policy.
func (final) NonRetriable() {}

// Unwrap gives the cause.
func (f final) Unwrap() error { return f.error }

// dropBadChallenge removes a challenge without a tenant, on which the SDK panics.
func dropBadChallenge(h http.Header) {
	_, value, _ := strings.Cut(h.Get("WWW-Authenticate"), "authorization=")
	value, _, _ = strings.Cut(value, " ")
	parts := strings.Split(strings.Trim(value, `",`), "/") // https, "", the host, the tenant
	if len(parts) < 4 || parts[3] == "" {
		h.Del("WWW-Authenticate")
	}
}

// maxRefusal is more than a token service has to say about a refusal.
const maxRefusal = 64 << 10

// read takes the codes out of a refusal of the token service, and puts the body
// back for the SDK.
func (a *answer) read(resp *http.Response) {
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	if err != nil {
		return
	}
	var body struct {
		Error string `json:"error"`
		Codes []int  `json:"error_codes"`
	}
	if json.Unmarshal(head, &body) == nil {
		a.word, a.codes = body.Error, body.Codes
	}
}
