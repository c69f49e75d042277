package azuretest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Vault answers for every vault's host; all have the same secrets.
func (c *Cloud) Vault() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		entry := "vault " + r.URL.Path
		if token == "" {
			entry += " anonymous"
		}
		c.record(entry)
		if c.Intercept != nil && c.Intercept(w, r) {
			return
		}
		app, ok := c.caller(token)
		if !ok {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer authorization="https://%s/%s", resource="%s"`, c.Authority, Tenant, c.Resource))
			Refuse(w, http.StatusUnauthorized, "Unauthorized", "")
			return
		}
		c.serve(w, r, app)
	})
}

// caller checks a token as the real vault does.
func (c *Cloud) caller(token string) (*App, bool) {
	claims, err := c.verify(token)
	c.mu.Lock()
	revoked := c.revoked[token]
	c.mu.Unlock()
	if err != nil || revoked || claims.now() != nil || claims.Audience != c.Resource ||
		claims.Issuer != "https://sts.windows.net/"+Tenant+"/" {
		return nil, false
	}
	app := c.appOf(claims.App)
	return app, app != nil
}

func (c *Cloud) serve(w http.ResponseWriter, r *http.Request, app *App) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.URL.Query().Get("api-version") == "" || len(parts) < 2 || len(parts) > 3 || r.Method != http.MethodGet {
		Refuse(w, http.StatusBadRequest, "BadParameter", "")
		return
	}
	name := parts[1]
	switch {
	case app.Refuse != "":
		Refuse(w, http.StatusForbidden, "Forbidden", app.Refuse)
		return
	case app.Only != nil && !slices.Contains(app.Only, name):
		Refuse(w, http.StatusForbidden, "Forbidden", "ForbiddenByRbac")
		return
	}
	s, found := c.Secrets[name]
	id := "https://" + r.Host + "/secrets/" + name
	if parts[0] == "deletedsecrets" && found && s.Deleted {
		answer(w, http.StatusOK, object{"recoveryId": "https://" + r.Host + "/deletedsecrets/" + name, "id": id, "deletedDate": 1, "attributes": object{}})
		return
	}
	if parts[0] == "secrets" && len(parts) == 3 && parts[2] == "versions" {
		versions(w, s, id, app)
		return
	}
	version, value := s.Version, s.Value
	if len(parts) == 3 && parts[2] != version {
		version = parts[2]
		value, found = s.Older[version]
	}
	switch {
	case parts[0] != "secrets" || !found || s.Deleted:
		Refuse(w, http.StatusNotFound, "SecretNotFound", "")
	case s.Disabled:
		Refuse(w, http.StatusForbidden, "Forbidden", "SecretDisabled")
	default:
		answer(w, http.StatusOK, object{"value": value, "id": id + "/" + version, "attributes": object{"enabled": true}})
	}
}

// versions lists those of a secret by their ids, without values. Of an absent one
// the list is empty.
func versions(w http.ResponseWriter, s Secret, id string, app *App) {
	if app.NoList {
		Refuse(w, http.StatusForbidden, "Forbidden", "ForbiddenByPolicy")
		return
	}
	list, next := []object{}, any(nil)
	entry := func(version string, created int, enabled bool) {
		list = append(list, object{
			"id": id + "/" + version, "contentType": Sentinel, "tags": object{"owner": Sentinel},
			"attributes": object{"enabled": enabled, "created": created, "updated": created},
		})
	}
	if s.Version != "" && !s.Deleted {
		entry(s.Version, 2, !s.Disabled)
		for version := range s.Older {
			entry(version, 1, true)
		}
	}
	slices.SortFunc(list, func(a, b object) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	if s.Pages {
		next = id + "/versions?api-version=7.6&$skiptoken=" + Sentinel
	}
	answer(w, http.StatusOK, object{"value": list, "nextLink": next})
}

// Refuse answers with an error of Key Vault.
func Refuse(w http.ResponseWriter, status int, code, inner string) {
	e := object{"code": code, "message": Sentinel + " in the vault's own words"}
	if inner != "" {
		e["innererror"] = object{"code": inner}
	}
	answer(w, status, object{"error": e})
}
