package openbao

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// client makes single requests. It is safe for concurrent use.
type client struct {
	http      *http.Client
	base      *url.URL
	namespace string
	agent     string
	// limit is the time for one request.
	limit time.Duration
	place string
}

// request is one call. Its path is below /v1 and not escaped.
type request struct {
	method, path string
	query        url.Values
	token        string
	body         any
	// global leaves the namespace out, for what only the root namespace has.
	global bool
}

// answer is what came back, whatever the status.
type answer struct {
	status int
	after  time.Duration
	// readable tells whether the body is JSON of the server's shape; the fields
	// below are empty when it is not.
	readable  bool
	RequestID string          `json:"request_id"`
	Data      json.RawMessage `json:"data"`
	Auth      *authentication `json:"auth"`
	Errors    []string        `json:"errors"`
	Warnings  []string        `json:"warnings"`
	raw       []byte
}

type authentication struct {
	Token    string `json:"client_token"`
	Accessor string `json:"accessor"`
}

// do makes one request. Its error is about the connection and has a place, but
// no identity.
func (c *client) do(ctx context.Context, r request) (answer, *providers.Error) {
	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	a, err := c.try(limited, r)
	if err == nil {
		return a, nil
	}
	e, ok := rest.Explain(limited, err, rest.Hints{Endpoint: keyAddress, CA: keyCA + " or --ca-file"})
	switch {
	case !ok:
		// The text of the error may repeat the URL, or what was sent.
		e = &providers.Error{Code: providers.Unavailable, Message: "sending the request", Retryable: true, Hint: "check " + keyAddress}
	case errors.Is(err, rest.ErrRedirect):
		e.Hint = "set " + keyAddress + " to the active node, or to a load balancer in front of all: a standby node that cannot forward a request sends it away like this"
	case e.Code == providers.Timeout && ctx.Err() == nil:
		e.Hint = "check the network path (firewall, proxy), or raise " + keyRead + " and " + keyConnect
	}
	if e.Hint == "" && e.Code != providers.Cancelled {
		e.Hint = "look into the server's log, and at what is in between (load balancer, proxy)"
	}
	e.Place = c.place
	return a, e
}

func (c *client) try(ctx context.Context, r request) (answer, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.url(r), body)
	if err != nil {
		return answer{}, err
	}
	c.header(req.Header, r)
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, after: rest.RetryAfter(resp.Header, time.Now()), raw: text}
	// The decoder would replace bytes that are not UTF-8.
	a.readable = utf8.Valid(text) && json.Unmarshal(text, &a) == nil
	return a, nil
}

// header sets what the server's own command sends. Without X-Vault-Request an
// agent in between may refuse the request.
func (c *client) header(h http.Header, r request) {
	h.Set("X-Vault-Request", "true")
	if r.token != "" {
		h.Set("X-Vault-Token", r.token)
	}
	if c.namespace != "" && !r.global {
		h.Set("X-Vault-Namespace", c.namespace)
	}
	if c.agent != "" {
		h.Set("User-Agent", c.agent)
	}
	if r.body != nil {
		h.Set("Content-Type", "application/json")
	}
}

// url escapes each segment of the path, so that an id is one path below the
// mount whatever it holds.
func (c *client) url(r request) string {
	segments := strings.Split(r.path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	u := c.base.JoinPath(append([]string{"v1"}, segments...)...)
	u.RawQuery = r.query.Encode()
	return u.String()
}
