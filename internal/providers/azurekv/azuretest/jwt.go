package azuretest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Claims are the claims of a token that the services look at.
type Claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub,omitempty"`
	Audience string `json:"aud"`
	App      string `json:"appid,omitempty"`
	Object   string `json:"oid,omitempty"`
	Tenant   string `json:"tid,omitempty"`
	NotFrom  int64  `json:"nbf,omitempty"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti,omitempty"`
}

func (c Claims) now() error {
	now := time.Now().Unix()
	if c.Expires <= now || c.NotFrom > now+60 {
		return errors.New("not the time for this token")
	}
	return nil
}

// SignRS256 makes a token as the issuer of a cluster does.
func SignRS256(key *rsa.PrivateKey, c Claims) string {
	text := unsigned("RS256", c)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is the test's own
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func unsigned(alg string, c Claims) string {
	head, _ := json.Marshal(map[string]string{"alg": alg, "typ": "JWT"})
	body, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
}

// sign makes an access token with the cloud's own key.
func (c *Cloud) sign(claims Claims) string {
	text := unsigned("HS256", claims)
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// verify checks an access token's signature.
func (c *Cloud) verify(token string) (Claims, error) {
	text, sig, claims, _, err := split(token)
	if err != nil {
		return claims, err
	}
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(text))
	if !hmac.Equal(mac.Sum(nil), sig) {
		return claims, errors.New("bad signature")
	}
	return claims, nil
}

// verifyRSA checks the signature of an assertion, in both forms that clients use.
func verifyRSA(token string, key *rsa.PublicKey) (Claims, error) {
	text, sig, claims, alg, err := split(token)
	if err != nil {
		return claims, err
	}
	sum := sha256.Sum256([]byte(text))
	switch alg {
	case "RS256":
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig)
	case "PS256":
		err = rsa.VerifyPSS(key, crypto.SHA256, sum[:], sig, nil)
	default:
		err = fmt.Errorf("algorithm %q", alg)
	}
	return claims, err
}

func split(token string) (text string, sig []byte, claims Claims, alg string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", nil, claims, "", errors.New("not a JWT")
	}
	var head struct {
		Alg string `json:"alg"`
	}
	for i, into := range []any{&head, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return "", nil, claims, "", err
		}
		if err := json.Unmarshal(data, into); err != nil {
			return "", nil, claims, "", err
		}
	}
	sig, err = base64.RawURLEncoding.DecodeString(parts[2])
	return parts[0] + "." + parts[1], sig, claims, head.Alg, err
}
