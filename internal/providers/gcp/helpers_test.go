package gcp

import (
	"fmt"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
	"om-secret-exec/internal/providers/rest"
	"om-secret-exec/internal/testenv"
)

// world is a store's surroundings.
type world struct {
	*gcptest.Google
	proxy *testenv.Proxy
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{gcptest.New(t), testenv.NewProxy(t)}
	w.proxy.HTTP1() // so that handlers can break connections
	w.Mount(w.proxy.Handle, "europe-west3")
	w.Put("projects/prod-1/secrets/db", gcptest.Version{Data: []byte("old")}, gcptest.Version{Data: []byte("S3NTINEL-db")})
	return w
}

// settings makes settings from pairs; a key in capitals is a variable.
func settings(pairs ...string) providers.Settings {
	env := map[string]string{}
	s := providers.Settings{
		Values: map[string]providers.Setting{}, UserAgent: "om-secret-exec/test",
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	for i := 0; i < len(pairs); i += 2 {
		if strings.ToUpper(pairs[i]) == pairs[i] {
			env[pairs[i]] = pairs[i+1]
			continue
		}
		s.Values[pairs[i]] = providers.Setting{Value: pairs[i+1], Source: "test"}
	}
	return s
}

func (w world) open(t *testing.T, pairs ...string) *store {
	t.Helper()
	client := w.proxy.Client()
	client.Transport, client.CheckRedirect = rest.Guard(client.Transport), rest.SameHost
	st, err := newStore(settings(pairs...), client)
	if err != nil {
		t.Fatalf("newStore(%q) = %v, hint %q", pairs, err, err.Hint)
	}
	return st
}

// keyed opens a store that asks as Reader.
func (w world) keyed(t *testing.T, pairs ...string) *store {
	t.Helper()
	file := gcptest.Write(t, "key.json", w.Key(gcptest.Reader))
	return w.open(t, append([]string{keyFile, file}, pairs...)...)
}

// read gives what a read of id came to: the value, or code and message.
func read(t *testing.T, st *store, id, version string) (string, *providers.Error) {
	t.Helper()
	res := st.Read(t.Context(), []providers.Ref{{ID: id, Version: version}})[0]
	if res.Err == nil {
		return string(res.Secret.Value), nil
	}
	check(t, res.Err)
	return string(res.Err.Code) + ": " + res.Err.Message, res.Err
}

// check holds for every error: no secret in it, a hint, a place.
func check(t *testing.T, e *providers.Error) {
	t.Helper()
	if text := fmt.Sprintf("%+v", *e); strings.Contains(text, gcptest.Sentinel) {
		t.Errorf("error quotes what it must not: %s", text)
	}
	if e.Hint == "" && e.Code != providers.Cancelled {
		t.Errorf("%v has no hint", e)
	}
}

// asked gives the requests, and fails on hosts that nobody configured.
func (w world) asked(t *testing.T) string {
	t.Helper()
	if hosts := w.proxy.Unexpected(); len(hosts) > 0 {
		t.Errorf("hosts asked that nobody configured: %q", hosts)
	}
	return strings.Join(w.Requests(), "\n")
}

const (
	askToken  = "POST oauth2.googleapis.com/token\n"
	askSTS    = "POST sts.googleapis.com/v1/token\n"
	askActAs  = "POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/" + gcptest.Reader + ":generateAccessToken\n"
	askSecret = "GET secretmanager.googleapis.com/v1/projects/prod-1/secrets/db/versions/latest:access"
)
