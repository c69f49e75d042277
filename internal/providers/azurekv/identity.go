package azurekv

import (
	"strings"

	"om-secret-exec/internal/providers/rest"
)

// claims are what a token says about itself. They are read for messages only and
// not verified: that is the business of who the token is for.
type claims struct {
	App     string `json:"appid"`
	AppV2   string `json:"azp"`
	Object  string `json:"oid"`
	Tenant  string `json:"tid"`
	User    string `json:"upn"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
}

// readClaims reads a token. Whatever is none gives no claims.
func readClaims(token string) claims {
	var c claims
	if !rest.ReadClaims(token, &c) {
		return claims{}
	}
	if c.App == "" {
		c.App = c.AppV2
	}
	return c
}

// identity says who asks: what the token says, or, before there is one, what is
// configured.
func (l *login) identity() string {
	l.mu.Lock()
	who := l.who
	l.mu.Unlock()
	var parts []string
	switch {
	case isWord(who.User):
		parts = append(parts, "user "+who.User)
	case isWord(who.App):
		parts = append(parts, l.noun()+" "+who.App)
	case l.client != "":
		parts = append(parts, l.noun()+" "+l.client)
	case l.kind == kindManaged:
		parts = append(parts, "system-assigned managed identity")
	case l.kind == kindCLI:
		parts = append(parts, "login of the Azure CLI")
	}
	if isWord(who.Object) {
		parts = append(parts, "object "+who.Object)
	}
	switch {
	case isWord(who.Tenant):
		parts = append(parts, "tenant "+who.Tenant)
	case l.tenant != "" && l.kind != kindManaged:
		parts = append(parts, "tenant "+l.tenant)
	}
	return strings.Join(parts, ", ")
}

func (l *login) noun() string {
	switch {
	case l.kind == kindManaged && l.client != "":
		return "user-assigned managed identity"
	case l.kind == kindManaged:
		return "system-assigned managed identity"
	}
	return "application"
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// only tells whether s is not empty and of the given characters. The rules of
// this package are few and simple, and compiled expressions cost every start.
func only(s, characters string) bool { return s != "" && strings.Trim(s, characters) == "" }

// isWord tells whether a text from outside is plain enough to be shown: an id,
// an error code, the name of a user.
func isWord(s string) bool { return len(s) <= 120 && only(s, alphanumeric+"-_.=@#") }

// isGUID tells whether s has the form of the service's ids.
func isGUID(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) != 5 {
		return false
	}
	for i, n := range []int{8, 4, 4, 4, 12} {
		if len(parts[i]) != n || !only(parts[i], "0123456789abcdefABCDEF") {
			return false
		}
	}
	return true
}
