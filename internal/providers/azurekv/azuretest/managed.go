package azuretest

import (
	"fmt"
	"net/http"
	"time"
)

// AppService answers as IDENTITY_ENDPOINT of an App Service, to callers who send
// its IDENTITY_HEADER.
func (c *Cloud) AppService(header string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.record("app service " + r.URL.Query().Get("client_id"))
		if r.Header.Get("X-IDENTITY-HEADER") != header || r.URL.Query().Get("api-version") != "2019-08-01" {
			answer(w, http.StatusUnauthorized, object{"statusCode": 401, "message": Sentinel})
			return
		}
		c.platform(w, r)
	})
}

// Metadata answers as the instance metadata service, http://169.254.169.254.
func (c *Cloud) Metadata() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.record("metadata " + r.URL.Query().Get("client_id"))
		if c.Intercept != nil && c.Intercept(w, r) {
			return
		}
		if r.Header.Get("Metadata") != "true" || r.URL.Path != "/metadata/identity/oauth2/token" {
			answer(w, http.StatusBadRequest, object{"error": "invalid_request", "error_description": Sentinel})
			return
		}
		c.platform(w, r)
	})
}

// platform gives a managed identity's token.
func (c *Cloud) platform(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("client_id")
	app := c.app(func(a *App) bool { return a.Managed && (id == a.ClientID || id == "" && a.System) })
	if app == nil || r.URL.Query().Get("resource") != c.Resource {
		answer(w, http.StatusBadRequest, object{"error": "invalid_request", "error_description": "Identity not found " + Sentinel})
		return
	}
	answer(w, http.StatusOK, object{
		"access_token": c.accessToken(app), "client_id": app.ClientID, "resource": c.Resource, "token_type": "Bearer",
		"expires_on": fmt.Sprint(time.Now().Add(c.Lifetime).Unix()), "expires_in": fmt.Sprint(int(c.Lifetime.Seconds())),
	})
}
