package openbao

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// open makes a store without network I/O. Errors have code CONFIG.
func open(s providers.Settings) (*store, error) {
	if s.Env == nil {
		s.Env = func(string) (string, bool) { return "", false }
	}
	p := product{title: "OpenBao", command: "bao"}
	if s.Provider == "vault" {
		p = product{title: "Vault", command: "vault"}
	}
	base, err := address(s)
	if err != nil {
		return nil, err
	}
	mount, err := pathOf(s, keyMount, "secret")
	if err != nil {
		return nil, err
	}
	namespace, err := pathOf(s, keyNamespace, "")
	if err != nil {
		return nil, err
	}
	kv := s.Get(keyKV)
	if kv != "" && kv != "1" && kv != "2" && kv != auto {
		return nil, config(fmt.Sprintf("%s %q is not a version of the key-value engine", keyKV, kv), "write 1, 2 or auto")
	}
	c, err := newClient(s, base, namespace)
	if err != nil {
		return nil, err
	}
	c.place = place(s, p, base, namespace)
	st := &store{client: c, product: p, mount: mount, kv: kv, now: time.Now}
	log, err := chooseLogin(s, c)
	if err != nil {
		return nil, err
	}
	st.access = newAccess(log, st.detect)
	st.place = c.place + ", mount " + mount + sourceOf(s, keyMount)
	return st, nil
}

// product is what the server calls itself in messages, and its command.
type product struct{ title, command string }

// address reads openbao_address. Its path, if any, is a prefix that a reverse
// proxy needs. A value that is no address is not shown, for it may hold a
// password.
func address(s providers.Settings) (*url.URL, error) {
	const like = "write it like https://bao.example.com:8200"
	text := s.Get(keyAddress)
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, config(keyAddress+" is not set", howToSet(s, keyAddress))
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, config(keyAddress+" is not an address", like)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, config(keyAddress+" has a user, a query or a fragment", like)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if strings.HasSuffix(u.Path, "/v1") {
		return nil, config(keyAddress+" ends in /v1, which is added for each request", "leave /v1 out")
	}
	return u, nil
}

// pathOf reads the setting of a path without the slashes around it.
func pathOf(s providers.Settings, key, byDefault string) (string, error) {
	path := strings.Trim(s.Get(key), "/")
	if path == "" {
		return byDefault, nil
	}
	if !isPath(path) {
		return "", config(fmt.Sprintf("%s %q is not a path", key, path), "a path has printable names between single slashes, none of them empty, . or ..")
	}
	return path, nil
}

// milliseconds reads a time-out; 0 when it is not set.
func milliseconds(s providers.Settings, key string) (time.Duration, error) {
	text := s.Get(key)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, config(key+" is not a number of milliseconds", "write something like 5000")
	}
	return time.Duration(n) * time.Millisecond, nil
}

// newClient makes the client with the settings about connections.
func newClient(s providers.Settings, base *url.URL, namespace string) (*client, error) {
	connect, err := milliseconds(s, keyConnect)
	if err != nil {
		return nil, err
	}
	read, err := milliseconds(s, keyRead)
	if err != nil {
		return nil, err
	}
	o := rest.Options{CAFiles: []string{s.CAFile, s.Get(keyCA)}, ConnectTimeout: connect}
	if s.Whether(keySkipVerify) {
		o.SkipVerify, o.CAFiles = true, nil
	}
	c, failed := rest.NewClient(o)
	if failed != nil {
		if s.Get(keyCA) != "" {
			failed.Hint = "check " + keyCA + sourceOf(s, keyCA) + " and --ca-file"
		}
		return nil, failed
	}
	if connect == 0 {
		connect = 5 * time.Second
	}
	if read == 0 {
		read = 10 * time.Second
	}
	return &client{http: c, base: base, namespace: namespace, agent: s.UserAgent, limit: connect + read}, nil
}

// place names the server. That its certificate is not looked at belongs into
// every message: whoever answers there gets the token.
func place(s providers.Settings, p product, base *url.URL, namespace string) string {
	text := p.title + " at " + base.String()
	if s.Whether(keySkipVerify) && base.Scheme == "https" {
		text += " (certificate NOT verified)"
	}
	if namespace != "" {
		text += ", namespace " + namespace + sourceOf(s, keyNamespace)
	}
	return text
}

func sourceOf(s providers.Settings, key string) string {
	if source := s.Values[key].Source; source != "" {
		return " (" + source + ")"
	}
	return ""
}

// howToSet names a key as the option and as the variable that it is.
func howToSet(s providers.Settings, key string) string { return s.HowToSet(Kind().Keys, key) }

// config returns an untyped error, so that callers can compare with nil.
func config(message, hint string) error {
	return &providers.Error{Code: providers.Config, Message: message, Hint: hint}
}
