//go:build integration

package openbao_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

// approle makes a role that may read secret/data/NAME, and gives its id.
func (a *admin) approle(name string, extra object) (roleID string) {
	a.t.Helper()
	a.put("secret", name, object{"value": name})
	a.policy(name, "secret/data/"+name)
	role := object{"token_policies": name, "token_ttl": "10m"}
	for k, v := range extra {
		role[k] = v
	}
	a.write("auth/approle/role/"+name, role)
	return a.call("GET", "auth/approle/role/"+name+"/role-id", nil).Data["role_id"].(string)
}

func (a *admin) secretID(role string) string {
	a.t.Helper()
	return a.write("auth/approle/role/"+role+"/secret-id", nil).Data["secret_id"].(string)
}

func (a *admin) byAppRole(roleID, secretID string, pairs ...string) providers.Settings {
	return a.settings(append([]string{
		"openbao_token", "", "openbao_auth_method", "approle", "openbao_role_id", roleID, "openbao_secret_id", secretID,
	}, pairs...)...)
}

func TestAppRoleOnServer(t *testing.T) {
	outer := newAdmin(t, testenv.Bao(t))
	a := outer.in("approles")
	a.mount("secret", "2")
	a.write("sys/auth/approle", object{"type": "approle"})

	// One use is enough for many reads at once, and is no more after that.
	id := a.approle("single", object{"secret_id_num_uses": 1})
	once := a.byAppRole(id, a.secretID("single"))
	store := openStore(t, once)
	for _, err := range together(t, store, 12) {
		if err == nil || err.Code != providers.PermissionDenied {
			t.Errorf("Read() = %v, want PERMISSION_DENIED", err)
		}
	}
	want{id: "single", value: "single"}.check(t, store)
	err := want{id: "single", code: providers.Unauthenticated, message: "the secret id is refused"}.check(t, openStore(t, once))
	if err != nil && (!strings.Contains(err.Identity, "role id "+id) || err.Status != 400) {
		t.Errorf("error = %+v, want identity with role id %s and status 400", *err, id)
	}

	// The server forgets this token after three requests.
	id = a.approle("short", object{"token_num_uses": 3})
	store = openStore(t, a.byAppRole(id, a.secretID("short")))
	for range 5 {
		want{id: "short", value: "short"}.check(t, store)
	}

	want{id: "short", code: providers.Unauthenticated}.check(t, openStore(t, a.byAppRole(id, "unknown")))
	want{id: "short", code: providers.Unauthenticated, message: `the login at "auth/elsewhere" is refused`}.
		check(t, openStore(t, a.byAppRole(id, "x", "openbao_auth_path", "elsewhere")))
	want{id: "short", code: providers.Config, message: "the namespace does not exist"}.
		check(t, openStore(t, a.byAppRole(id, "x", "openbao_namespace", "nowhere")))
}

// issuer signs web tokens with a key of its own.
type issuer struct{ key *rsa.PrivateKey }

func newIssuer(t *testing.T) issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key}
}

func (i issuer) public(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&i.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// token makes a file with a token of these claims; others are as they should be.
func (i issuer) token(t *testing.T, claims object) string {
	t.Helper()
	all := object{"iss": "https://issuer.test", "aud": "bao", "sub": "ingestion", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
	for k, v := range claims {
		all[k] = v
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(text)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return file(t, signed+"."+base64.RawURLEncoding.EncodeToString(signature))
}

func TestJWTOnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t)).in("jwts")
	a.mount("secret", "2")
	a.put("secret", "a", object{"value": "v"})
	a.policy("reader", "secret/data/a")
	us := newIssuer(t)
	a.write("sys/auth/jwt", object{"type": "jwt"})
	a.write("auth/jwt/config", object{"jwt_validation_pubkeys": []string{us.public(t)}, "bound_issuer": "https://issuer.test", "default_role": "om"})
	a.write("auth/jwt/role/om", object{
		"role_type": "jwt", "user_claim": "sub", "bound_audiences": "bao", "bound_subject": "ingestion", "token_policies": "reader",
	})
	by := func(role, file string) providers.Store {
		return openStore(t, a.settings("openbao_token", "", "openbao_auth_method", "jwt", "openbao_role", role, "openbao_jwt_file", file))
	}
	good := us.token(t, nil)
	want{id: "a", value: "v"}.check(t, by("om", good))
	want{id: "a", value: "v"}.check(t, by("", good))
	denied := want{id: "b", code: providers.PermissionDenied}.check(t, by("om", good))
	if denied != nil && !strings.HasPrefix(denied.Identity, "role om (jwt), subject ingestion, token accessor ") {
		t.Errorf("identity = %q", denied.Identity)
	}
	for name, store := range map[string]providers.Store{
		"other issuer's key": by("om", newIssuer(t).token(t, nil)),
		"expired":            by("om", us.token(t, object{"exp": time.Now().Add(-time.Hour).Unix()})),
		"from the future":    by("om", us.token(t, object{"iat": time.Now().Add(time.Hour).Unix(), "nbf": time.Now().Add(time.Hour).Unix()})),
		"audience":           by("om", us.token(t, object{"aud": "other"})),
		"subject":            by("om", us.token(t, object{"sub": "somebody"})),
		"no such role":       by("absent", good),
	} {
		err := want{id: "a", code: providers.Unauthenticated, message: "logging in: the role, or the token to log in with, is refused"}.check(t, store)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
