package openbao

import (
	"net/url"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// warnings are about connections on which somebody else can have the token and
// the secrets. Plain http to this machine is how an agent is asked.
func warnings(s providers.Settings) []string {
	u, err := url.Parse(s.Get(keyAddress))
	switch {
	case err != nil:
		return nil
	case u.Scheme == "https" && s.Whether(keySkipVerify):
		return []string{"the server's certificate is NOT verified, as " + keySkipVerify + sourceOf(s, keySkipVerify) +
			" says: whoever answers at the address gets the token and can give any secret; name the CA with " + keyCA + " instead"}
	case u.Scheme == "http" && !rest.IsLocal(u.Hostname()):
		return []string{"the connection is NOT encrypted, as " + keyAddress + sourceOf(s, keyAddress) +
			" says http: the token and the secrets can be read on the way; write https"}
	}
	return nil
}
