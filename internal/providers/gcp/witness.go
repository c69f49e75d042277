package gcp

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"om-secret-exec/internal/providers/rest"
)

// answer is what came of one request.
type answer struct {
	host   string
	status int // 0 for no answer
	header http.Header
	body   []byte
	err    error // of the connection, or of reading the body
}

// send makes a request, and reads the answer to its end.
func send(req *http.Request, do func(*http.Request) (*http.Response, error)) answer {
	a := answer{host: req.URL.Host}
	resp, err := do(req)
	if err != nil {
		a.err = err
		return a
	}
	defer func() { _ = resp.Body.Close() }()
	a.status, a.header = resp.StatusCode, resp.Header
	a.body, a.err = io.ReadAll(resp.Body)
	return a
}

// witness is the transport of one login. It remembers the last answer, because
// x/oauth2 turns most failures into a text that quotes the body, and cuts the
// errors of the connection off. It refuses redirects: no token endpoint has any,
// and x/oauth2 would take the credentials along. It gives requests the context of
// the login, which those of x/oauth2/jwt do not have. It is used by one goroutine.
type witness struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the login
	next http.RoundTripper
	last answer
}

// RoundTrip implements [http.RoundTripper].
func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	w.last = send(req.WithContext(w.ctx), w.next.RoundTrip)
	if w.last.err == nil && w.last.status/100 == 3 {
		w.last.err = rest.ErrRedirect
	}
	if w.last.err != nil {
		return nil, w.last.err
	}
	return &http.Response{
		StatusCode: w.last.status, Status: http.StatusText(w.last.status), Header: w.last.header,
		Body: io.NopCloser(bytes.NewReader(w.last.body)), ContentLength: int64(len(w.last.body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
	}, nil
}
