package openbao

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"om-secret-exec/internal/providers"
)

// The login methods. Each but the first is also its own default path.
const (
	methodToken      = "token"
	methodAppRole    = "approle"
	methodJWT        = "jwt"
	methodKubernetes = "kubernetes"
)

// serviceAccountToken is where Kubernetes mounts a pod's token.
const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// chooseLogin makes the login of openbao_auth_method. Its error has code CONFIG.
func chooseLogin(s providers.Settings, c *client) (login, error) {
	method := s.Get(keyMethod)
	if method == "" || method == methodToken {
		return tokenLogin(s)
	}
	path, err := pathOf(s, keyAuthPath, method)
	if err != nil {
		return login{}, err
	}
	m := mounted{client: c, method: method, path: path, store: s.Store}
	switch method {
	case methodAppRole:
		return m.appRole(s)
	case methodJWT, methodKubernetes:
		return m.webToken(s)
	}
	return login{}, config(fmt.Sprintf("%s %q is not a login method", keyMethod, method), "methods are token, approle, jwt and kubernetes")
}

// mounted is a login method at its path.
type mounted struct {
	*client
	method, path, store string
}

// appRole logs in with a role id and a secret id.
func (m mounted) appRole(s providers.Settings) (login, error) {
	role, secret := s.Get(keyRoleID), s.Get(keySecretID)
	for _, key := range []string{keyRoleID, keySecretID} {
		if s.Get(key) == "" {
			return login{}, config(fmt.Sprintf("%s is not set, which %s %s needs", key, keyMethod, m.method), howToSet(s, key))
		}
	}
	who := fmt.Sprintf("role id %s (%s)", role, m.where())
	return login{who: who, renewable: true, get: func(ctx context.Context) (*grant, *providers.Error) {
		return m.log(ctx, who, map[string]string{"role_id": role, "secret_id": secret})
	}}, nil
}

// webToken logs in with a token of another issuer, which is read from its file
// each time: Kubernetes replaces it.
func (m mounted) webToken(s providers.Settings) (login, error) {
	role, file := s.Get(keyRole), s.Get(keyJWTFile)
	if role == "" && m.method == methodKubernetes {
		return login{}, config(fmt.Sprintf("%s is not set, which %s %s needs", keyRole, keyMethod, m.method), howToSet(s, keyRole))
	}
	if file == "" {
		file = serviceAccountToken
	}
	who := "role " + role
	if role == "" {
		who = "the default role"
	}
	who += " (" + m.where() + ")"
	return login{who: who, renewable: true, get: func(ctx context.Context) (*grant, *providers.Error) {
		token, err := readToken(file, keyJWTFile)
		if err != nil {
			return nil, err
		}
		who := who
		if subject := subjectOf(token); subject != "" {
			who += ", subject " + subject
		}
		body := map[string]string{"jwt": token}
		if role != "" {
			body["role"] = role
		}
		return m.log(ctx, who, body)
	}}, nil
}

// where names the method, and its path where that is not the usual one.
func (m mounted) where() string {
	if m.path == m.method {
		return m.method
	}
	return m.method + " at auth/" + m.path
}

// log makes the request.
func (m mounted) log(ctx context.Context, who string, body map[string]string) (*grant, *providers.Error) {
	a, err := m.do(ctx, request{method: http.MethodPost, path: "auth/" + m.path + "/login", body: body})
	if err != nil {
		err.Message = "logging in: " + err.Message
		err.Identity = who
		return nil, err
	}
	if a.status == http.StatusOK && a.Auth != nil && a.Auth.Token != "" {
		g := &grant{token: a.Auth.Token, identity: who}
		if isWord(a.Auth.Accessor) {
			g.identity += ", token accessor " + a.Auth.Accessor
		}
		return g, nil
	}
	v := m.verdict(a)
	v.message = "logging in: " + v.message
	return nil, v.error(a, m.place, who)
}

// verdict tells why a login gave no token. Methods answer 400 for what they do
// not know. 403 is Kubernetes' for a service account that the role does not
// name; else it comes from below a namespace, or from Vault, when nothing is
// mounted at the path, and from both for a role locked after failed logins.
func (m mounted) verdict(a answer) verdict {
	if v, ok := m.common(a); ok {
		return v
	}
	switch {
	case a.status == http.StatusOK:
		return verdict{
			code: providers.Unauthenticated, message: "the server gave no token",
			hint: "check that the method at auth/" + m.path + " asks for no second factor",
		}
	case a.status == http.StatusNotFound && says(a, "namespace not found"):
		return noNamespace()
	case a.status == http.StatusNotFound:
		return verdict{
			code: providers.Config, message: fmt.Sprintf("no login method is mounted at %q", "auth/"+m.path),
			hint: "check " + keyAuthPath + " and " + keyNamespace + " (`auth list` shows what is mounted)",
		}
	}
	return m.refusal(a.status)
}

func (m mounted) refusal(status int) verdict {
	v := verdict{code: providers.Unauthenticated}
	switch {
	case status == http.StatusForbidden && m.method == methodKubernetes:
		v.message = "the service account is refused"
		v.hint = "check bound_service_account_names and bound_service_account_namespaces of the role, " +
			"that the server may review tokens (kubernetes_host, system:auth-delegator), and " + keyAuthPath
	case status == http.StatusForbidden:
		v.message = fmt.Sprintf("the login at %q is refused", "auth/"+m.path)
		v.hint = "check " + keyAuthPath + " and " + keyNamespace +
			", for nothing may be mounted there; after several failed logins a role is locked for some minutes"
	case m.method == methodAppRole:
		v.message = "the role id or the secret id is refused"
		v.hint = "the secret id may have expired or be used up (secret_id_num_uses, secret_id_ttl), or be bound to other addresses: make a new one, and check " + keyRoleID
	default:
		v.message = "the role, or the token to log in with, is refused"
		v.hint = "check " + keyRole + ", then issuer, audience, subject and expiry of the token in " + keyJWTFile + " against the role, and this machine's clock"
	}
	return v
}

// isWord tells whether a server's text is plain enough to be shown.
func isWord(s string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/"
	return s != "" && len(s) <= 80 && strings.Trim(s, plain) == ""
}
