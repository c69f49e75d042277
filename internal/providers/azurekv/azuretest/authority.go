package azuretest

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// exchangeAudience is whom federated tokens have to be for.
const exchangeAudience = "api://AzureADTokenExchange"

// TokenService answers for the authority's host.
func (c *Cloud) TokenService() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.record("authority " + r.URL.Path)
		if c.Intercept != nil && c.Intercept(w, r) {
			return
		}
		tenant, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case r.URL.Path == "/common/discovery/instance":
			c.instances(w, r)
		case tenant != Tenant && tenant != "contoso.example":
			refuse(w, http.StatusBadRequest, "invalid_tenant", 90002)
		case rest == "v2.0/.well-known/openid-configuration":
			base := "https://" + c.Authority + "/" + tenant
			answer(w, http.StatusOK, object{
				"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
				"issuer": base + "/v2.0",
			})
		case rest == "oauth2/v2.0/token" && r.Method == http.MethodPost:
			c.token(w, r)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

// instances answers whether an authority is one of Microsoft's: this one is.
func (c *Cloud) instances(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("authorization_endpoint") == "" || r.URL.Query().Get("api-version") == "" {
		refuse(w, http.StatusBadRequest, "invalid_instance", 50049)
		return
	}
	answer(w, http.StatusOK, object{
		"tenant_discovery_endpoint": "https://" + c.Authority + "/" + Tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []object{{
			"preferred_network": c.Authority, "preferred_cache": c.Authority, "aliases": []string{c.Authority},
		}},
	})
}

func (c *Cloud) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", 900144)
		return
	}
	form := r.PostForm
	app := c.appOf(form.Get("client_id"))
	switch {
	case form.Get("grant_type") != "client_credentials":
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", 70003)
		return
	case app == nil || app.Managed:
		refuse(w, http.StatusBadRequest, "unauthorized_client", 700016)
		return
	case strings.Fields(form.Get("scope"))[0] != c.Resource+"/.default":
		refuse(w, http.StatusBadRequest, "invalid_resource", 500011)
		return
	}
	code := 0
	if assertion := form.Get("client_assertion"); assertion != "" {
		code = c.assertion(app, assertion, "https://"+c.Authority+r.URL.Path)
	} else if app.Secret == "" || form.Get("client_secret") != app.Secret {
		code = 7000215
	} else if app.Expired {
		code = 7000222
	}
	if code != 0 {
		refuse(w, http.StatusUnauthorized, "invalid_client", code)
		return
	}
	answer(w, http.StatusOK, object{
		"token_type": "Bearer", "expires_in": int(c.Lifetime.Seconds()), "ext_expires_in": int(c.Lifetime.Seconds()),
		"access_token": c.accessToken(app),
	})
}

// assertion checks a certificate's or a cluster's token; 0 is right.
func (c *Cloud) assertion(app *App, token, endpoint string) int {
	if app.Federated != nil {
		claims, err := verifyRSA(token, app.Federated.Key)
		switch {
		case claims.Issuer != app.Federated.Issuer:
			return 700211
		case claims.Subject != app.Federated.Subject:
			return 700213
		case claims.Audience != exchangeAudience:
			return 700212
		case err != nil:
			return 5000274
		case claims.now() != nil:
			return 700024
		}
		return 0
	}
	if app.Cert == nil {
		return 700027
	}
	claims, err := verifyRSA(token, app.Cert.PublicKey.(*rsa.PublicKey))
	switch {
	case err != nil:
		return 700027
	case claims.Audience != endpoint:
		return 700023
	case claims.Issuer != app.ClientID || claims.Subject != app.ClientID || claims.ID == "":
		return 700021
	case claims.now() != nil:
		return 700024
	}
	return 0
}

// Token gives an access token for an app, as if it had logged in.
func (c *Cloud) Token(app *App) string { return c.accessToken(app) }

func (c *Cloud) accessToken(app *App) string {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = c.sign(Claims{
		Issuer: "https://sts.windows.net/" + Tenant + "/", Audience: c.Resource,
		App: app.ClientID, Object: app.Object, Tenant: Tenant, ID: fmt.Sprint(len(c.log), now.UnixNano()),
		NotFrom: now.Unix() - 60, Expires: now.Add(c.Lifetime).Unix(),
	})
	return c.last
}

func refuse(w http.ResponseWriter, status int, word string, code int) {
	answer(w, status, object{
		"error": word, "error_codes": []int{code},
		"error_description": fmt.Sprintf("AADSTS%d: %s", code, Sentinel),
	})
}
