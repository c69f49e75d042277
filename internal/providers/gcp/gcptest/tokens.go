package gcptest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// claims are those of a JSON web token.
type claims struct {
	Iss   string `json:"iss"`
	Sub   string `json:"sub,omitempty"`
	Aud   string `json:"aud"`
	Scope string `json:"scope,omitempty"`
	Iat   int64  `json:"iat"`
	Exp   int64  `json:"exp"`
}

// verify checks a token's signature and times, as Google does.
func (g *Google) verify(token string) (claims, error) {
	var c claims
	part := strings.Split(token, ".")
	if len(part) != 3 {
		return c, fmt.Errorf("not a token")
	}
	var head struct{ Alg, Kid string }
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil || decode(part[0], &head) != nil || head.Alg != "RS256" || decode(part[1], &c) != nil {
		return c, fmt.Errorf("malformed token")
	}
	sum := sha256.Sum256([]byte(part[0] + "." + part[1]))
	if rsa.VerifyPKCS1v15(&g.key.PublicKey, crypto.SHA256, sum[:], sig) != nil {
		return c, fmt.Errorf("Invalid JWT Signature.") //nolint:revive,staticcheck // Google's words
	}
	now := time.Now().Unix()
	if c.Iat > now+60 || c.Exp <= now || c.Exp-c.Iat > 3600+10 {
		return c, fmt.Errorf("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.") //nolint:revive,staticcheck // Google's words
	}
	return c, nil
}

func decode(part string, to any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

// sign makes a token of the workload's issuer.
func (g *Google) sign(c claims) string {
	head, _ := json.Marshal(object{"alg": "RS256", "typ": "JWT"})
	body, _ := json.Marshal(c)
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, g.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // the key is our own
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// issue makes an access token.
func (g *Google) issue(who string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.serial++
	token := fmt.Sprintf("ya29.%s-token-%d", Sentinel, g.serial)
	g.tokens[token] = grant{who, time.Now().Add(time.Hour)}
	return token
}

// bearer gives the identity behind a request's token. Like Google, it takes an
// assertion that an account has signed for itself, which is what Google's own
// clients send.
func (g *Google) bearer(r *http.Request) (string, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, err := g.verify(token); ok && err == nil {
		return c.Iss, c.Iss == c.Sub && (c.Aud == "https://"+r.Host+"/" || c.Scope == scope)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	got, known := g.tokens[token]
	return got.who, ok && known && time.Now().Before(got.expiry)
}

func refuseGrant(w http.ResponseWriter, code, description string) {
	reply(w, http.StatusBadRequest, object{"error": code, "error_description": description + " " + Sentinel})
}

// oauth is oauth2.googleapis.com/token: assertions of keys, and refresh tokens.
func (g *Google) oauth(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/token" || r.ParseForm() != nil {
		http.NotFound(w, r)
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		c, err := g.verify(r.PostForm.Get("assertion"))
		switch {
		case err != nil:
			refuseGrant(w, "invalid_grant", err.Error())
		case c.Aud != "https://"+tokenHost+"/token":
			refuseGrant(w, "invalid_grant", "Invalid JWT: Failed audience check.")
		case c.Scope != scope:
			refuseGrant(w, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
		case !strings.HasSuffix(c.Iss, ".gserviceaccount.com"):
			refuseGrant(w, "invalid_grant", "Invalid grant: account not found")
		default:
			reply(w, http.StatusOK, object{"access_token": g.issue(c.Iss), "expires_in": 3599, "token_type": "Bearer"})
		}
	case "refresh_token":
		f := r.PostForm
		if f.Get("client_id") != "client-1" || f.Get("client_secret") != Sentinel+"-client" || f.Get("refresh_token") != Sentinel+"-refresh" {
			refuseGrant(w, "invalid_grant", "Token has been expired or revoked.")
			return
		}
		reply(w, http.StatusOK, object{"access_token": g.issue(User), "expires_in": 3599, "token_type": "Bearer"})
	default:
		refuseGrant(w, "unsupported_grant_type", "Invalid grant_type")
	}
}

// sts is sts.googleapis.com: the token of a workload for one of Google's.
func (g *Google) sts(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/token" || r.ParseForm() != nil {
		http.NotFound(w, r)
		return
	}
	f := r.PostForm
	c, err := g.verify(f.Get("subject_token"))
	switch {
	case f.Get("grant_type") != "urn:ietf:params:oauth:grant-type:token-exchange",
		f.Get("requested_token_type") != "urn:ietf:params:oauth:token-type:access_token",
		f.Get("subject_token_type") != "urn:ietf:params:oauth:token-type:jwt":
		refuseGrant(w, "invalid_request", "Invalid value")
	case f.Get("audience") != Pool:
		refuseGrant(w, "invalid_target", "The target service indicated by the \"audience\" parameters is invalid.")
	case f.Get("scope") != scope && f.Get("scope") != iamScope:
		refuseGrant(w, "invalid_scope", "Invalid scope")
	case err != nil:
		refuseGrant(w, "invalid_grant", err.Error())
	case c.Iss != Issuer || c.Aud != Pool:
		refuseGrant(w, "invalid_grant", "The audience in ID Token does not match the expected audience.")
	case c.Sub != Subject:
		reply(w, http.StatusUnauthorized, object{"error": "unauthorized_client", "error_description": "The given credential is rejected by the attribute condition. " + Sentinel})
	default:
		reply(w, http.StatusOK, object{
			"access_token": g.issue(Federated), "expires_in": 3599, "token_type": "Bearer",
			"issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
		})
	}
}

// impersonate is iamcredentials.googleapis.com.
func (g *Google) impersonate(w http.ResponseWriter, r *http.Request) {
	target, ok := strings.CutPrefix(r.URL.Path, "/v1/projects/-/serviceAccounts/")
	target, method, _ := strings.Cut(target, ":")
	if !ok || r.Method != http.MethodPost || method != "generateAccessToken" {
		http.NotFound(w, r)
		return
	}
	who, known := g.bearer(r)
	var body struct {
		Scope     []string
		Lifetime  string
		Delegates []string
	}
	if !known {
		Fail(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
		return
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Scope) != 1 || body.Scope[0] != scope || body.Lifetime != "3600s" {
		Fail(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Request contains an invalid argument.")
		return
	}
	for _, d := range append(body.Delegates, "projects/-/serviceAccounts/"+target) {
		next := strings.TrimPrefix(d, "projects/-/serviceAccounts/")
		g.mu.Lock()
		allowed := g.actors[[2]string{who, next}]
		g.mu.Unlock()
		if !allowed {
			Fail(w, http.StatusForbidden, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
				Reason("IAM_PERMISSION_DENIED"))
			return
		}
		who = next
	}
	reply(w, http.StatusOK, object{
		"accessToken": g.issue(target), "expireTime": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	})
}
