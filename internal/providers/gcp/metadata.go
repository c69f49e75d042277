package gcp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	variableMetadata = "GCE_METADATA_HOST"
	metadataAddress  = "169.254.169.254"
	flavour          = "Metadata-Flavor"
	// probeTime bounds a request to a metadata server that nobody spoke of:
	// outside of Google's cloud nothing may answer at that address.
	probeTime = 2 * time.Second
)

// metadata asks the metadata server of Google's machines, pods and services. The
// library's client is not used, because it knows no context, asks the address by
// itself whether it is there, and reads the process's environment.
type metadata struct {
	host string
	// expected tells that settings speak of the server. When it is not, one that
	// does not answer means that there are no credentials.
	expected bool
	client   *http.Client
	// account is the machine's service account, for messages. It is set by the
	// first login.
	account string
	// howTo says how to set a credentials file instead.
	howTo string
}

func newMetadata(s providers.Settings, c credential) (*metadata, *providers.Error) {
	if c.kind != typeMetadata {
		return nil, nil //nolint:nilnil // nobody to ask
	}
	m := &metadata{host: metadataAddress, expected: c.pinned, howTo: s.HowToSet(Kind().Keys, keyFile)}
	if host, _ := s.Env(variableMetadata); host != "" {
		m.host, m.expected = host, true
	}
	if u, err := url.Parse("http://" + m.host); err != nil || u.Host != m.host {
		return nil, &providers.Error{
			Code: providers.Config, Message: variableMetadata + " is not a host",
			Hint: "write HOST or HOST:PORT, without http://",
		}
	}
	transport, err := rest.NewTransport(rest.Options{})
	if err != nil {
		return nil, err
	}
	transport.Proxy = nil // the address means something on this machine only
	m.client = &http.Client{Transport: rest.Guard(transport), CheckRedirect: rest.SameHost}
	return m, nil
}

// metadataError is an answer of the metadata server that is not the wanted one.
type metadataError struct {
	status int // 0 for no answer
	header http.Header
	cause  error
}

func (e *metadataError) Error() string { return "asking the metadata server" }
func (e *metadataError) Unwrap() error { return e.cause }

// isAbsent tells whether the metadata server is there and has no such entry.
func isAbsent(err error) bool {
	var e *metadataError
	return errors.As(err, &e) && e.status == http.StatusNotFound && e.cause == nil
}

// errStranger is the cause when something else than Google's metadata server
// answers.
var errStranger = errors.New("not Google's metadata server")

// get reads one entry. Errors are of type *metadataError.
func (m *metadata) get(ctx context.Context, entry string) (string, error) {
	if !m.expected {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, probeTime)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.host+"/computeMetadata/v1/"+entry, nil)
	if err != nil {
		return "", &metadataError{cause: err}
	}
	req.Header.Set(flavour, "Google")
	resp, err := m.client.Do(req)
	if err != nil {
		return "", &metadataError{cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	e := &metadataError{status: resp.StatusCode, header: resp.Header, cause: err}
	if resp.Header.Get(flavour) != "Google" {
		e.cause = errStranger
	}
	if e.cause != nil || resp.StatusCode != http.StatusOK {
		return "", e
	}
	return strings.TrimSpace(string(body)), nil
}

// token fetches an access token of the machine's service account.
func (m *metadata) token(ctx context.Context) (*oauth2.Token, error) {
	text, err := m.get(ctx, "instance/service-accounts/default/token?"+url.Values{"scopes": {scope}}.Encode())
	if err != nil {
		return nil, err
	}
	var answer struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if json.Unmarshal([]byte(text), &answer) != nil || answer.Token == "" || answer.Seconds <= 0 {
		return nil, &metadataError{status: http.StatusOK}
	}
	return &oauth2.Token{AccessToken: answer.Token, Expiry: time.Now().Add(time.Duration(answer.Seconds) * time.Second)}, nil
}

// email is the service account of the machine, for messages; "" if it does not
// tell.
func (m *metadata) email(ctx context.Context) string {
	text, err := m.get(ctx, "instance/service-accounts/default/email")
	if err != nil || !isAccount(text) {
		return ""
	}
	return "service account " + text
}
