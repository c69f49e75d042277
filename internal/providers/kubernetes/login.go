package kubernetes

import (
	"context"
	"net/http"
	"os"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// login gives the credential to send.
type login interface {
	// credential returns the current credential, fetching it where that is
	// needed. refused is one that the server has just not accepted, or nil: then
	// a newer one is wanted, and the same comes back when there is none. Errors
	// lack Place and Identity.
	credential(ctx context.Context, refused *credential) (*credential, *providers.Error)
}

// credential is a bearer token, if any, and the client to send it with, which
// holds the rest: client certificate, password, impersonation.
type credential struct {
	token  string
	client *http.Client
	// expires is when it ends; zero where that is not known.
	expires time.Time
}

func (c *credential) differs(from *credential) bool {
	return c.token != from.token || c.client != from.client
}

func newLogin(t *target, caFile string, now func() time.Time) (login, *providers.Error) {
	// A token, a password or a certificate of the kubeconfig's user goes before
	// its plugin, as with kubectl.
	c := t.config
	if t.plugin != nil && t.token == "" && c.Username == "" && len(c.CertData) == 0 && c.CertFile == "" {
		return newPlugin(t, caFile, now)
	}
	client, err := connect(c, caFile, t.origin)
	if err != nil {
		return nil, err
	}
	if t.tokenFile != "" {
		return tokenFile{t.tokenFile, client}, nil
	}
	if !rest.FitsHeader(t.token) {
		return nil, configError("put one token there and nothing else", "the token of %s is not one", t.origin)
	}
	return fixed{credential{token: t.token, client: client}}, nil
}

// fixed is a credential that does not change.
type fixed struct{ only credential }

func (f fixed) credential(context.Context, *credential) (*credential, *providers.Error) {
	return &f.only, nil
}

// tokenFile reads its token for every request: the kubelet replaces it before it
// expires, and a read costs less than knowing when.
type tokenFile struct {
	path   string
	client *http.Client
}

func (f tokenFile) credential(context.Context, *credential) (*credential, *providers.Error) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return nil, configError("mount the token there, or name another file in "+keyTokenFile, "reading the token: %v", err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return nil, configError("write a token to it", "the token file %s is empty", f.path)
	}
	if !rest.FitsHeader(token) {
		return nil, configError("it must hold one token and nothing else", "the token file %s does not hold a token", f.path)
	}
	return &credential{token: token, client: f.client}, nil
}
