package kubernetes

import (
	"time"

	"om-secret-exec/internal/providers/rest"
)

// identity is what messages say about who asks. It holds no secret.
type identity struct {
	user, origin string
	// hint is what to do when the server does not know us.
	hint string
}

func identityOf(t *target) identity {
	who := identity{user: t.user, origin: t.origin}
	switch {
	case t.plugin != nil:
		who.hint = "log in again with the tool that exec plugin " + quote(oneLine(t.plugin.Command)) + " belongs to, and try: kubectl auth whoami"
	case t.tokenFile != "":
		who.hint = "check that " + t.tokenFile + " holds a current token of this cluster, for this API server's audience"
	case t.token != "":
		who.hint = "put a current token into " + t.origin
	default:
		who.hint = "check the credential in " + t.origin + ": kubectl auth whoami"
	}
	return who
}

// text names the identity. subject is what the token claims to be, if it is a
// JSON web token: nobody but the server verifies that.
func (who identity) text(subject string) string {
	switch {
	case subject != "":
		return subject + " (as the token says), from " + who.origin
	case who.user != "":
		return "user " + who.user + " of " + who.origin
	}
	return who.origin
}

// claims are those of a JSON web token that messages show.
type claims struct {
	Subject string  `json:"sub"`
	Expires float64 `json:"exp"`
}

func (c claims) expiry() time.Time {
	if c.Expires <= 0 || c.Expires > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(c.Expires), 0)
}

// claimsOf reads a token without verifying it; they are empty for another kind
// of token. What is shown is made harmless.
func claimsOf(token string) claims {
	var c claims
	if !rest.ReadClaims(token, &c) {
		return claims{}
	}
	c.Subject = oneLine(c.Subject)
	return c
}
