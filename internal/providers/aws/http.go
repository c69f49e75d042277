package aws

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	// idlePerHost keeps the connections of one round of calls for the next;
	// the SDK's 10 would close most of them.
	idlePerHost = 64
	dialTimeout = 5 * time.Second
)

// newHTTPClient returns the client for data and tokens alike. It is the SDK's
// own type, because the SDK adds AWS_CA_BUNDLE to no other. The proxy comes
// from the environment. caFile adds roots to the system's; AWS_CA_BUNDLE alone
// takes their place, as it does in every AWS tool.
func newHTTPClient(caFile string) (*awshttp.BuildableClient, *providers.Error) {
	client := awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*idlePerHost, idlePerHost
		})
	if caFile == "" {
		// No pool is made: loading the system's roots takes 3 ms, and the TLS
		// code does it when it first needs them.
		return client, nil
	}
	roots, err := rest.Roots(caFile)
	if err != nil {
		return nil, err
	}
	return client.WithTransportOptions(func(t *http.Transport) {
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		t.TLSClientConfig.RootCAs = roots
	}), nil
}

// guardedClient bounds the bodies of answers, and makes those of requests safe.
//
// The SDK closes a request's body when the answer's headers arrive, and from
// then on its WriteTo fails with io.EOF instead of writing nothing. When
// net/http looks for the body's end just then, it takes this for a failed write
// and closes the connection, so that the answer breaks off: on loopback in one
// of five requests. Behind a plain reader the end is only an end.
type guardedClient struct{ inner aws.HTTPClient }

// Do implements [aws.HTTPClient].
func (c guardedClient) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = struct{ io.ReadCloser }{req.Body}
	}
	resp, err := c.inner.Do(req)
	if err != nil {
		return nil, err
	}
	resp.Body = rest.Bound(resp.Body)
	return resp, nil
}
