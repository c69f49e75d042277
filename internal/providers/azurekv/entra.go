package azurekv

import (
	"fmt"
	"os"
	"strings"

	"om-secret-exec/internal/providers"
)

// refusedLogin gives the meaning of the token service's numbers, which its
// documentation calls AADSTS codes.
func (q question) refusedLogin() *providers.Error {
	l := q.store.login
	switch {
	case q.has(90002, 900023):
		return q.refuse(fmt.Sprintf("there is no tenant %s", l.tenant), "check "+keyTenant+", and "+keyAuthority+" for the cloud")
	case q.has(700016, 7000229):
		return q.refuse(fmt.Sprintf("tenant %s has no application %s", l.tenant, l.client), "check "+keyClient+" and "+keyTenant)
	case q.has(7000222):
		return q.refuse("the application's secret has expired", "make a new one: az ad app credential reset --append --id "+l.client)
	case q.has(7000215):
		return q.refuse("the application's secret is wrong", "check "+keySecret+": the secret's value is meant, not its id")
	case q.has(7000112):
		return q.refuse("the application is disabled", "enable it in the tenant")
	case q.has(700024):
		return q.refuse("the time in the login is not now", "check this machine's clock, and that the token file is kept fresh")
	case q.has(700027, 700030):
		return q.refuse("the tenant does not know the certificate", "upload it: az ad app credential reset --append --id "+l.client+" --cert @FILE")
	case q.has(70021, 700211, 700212, 700213, 700223):
		return q.refuse("no federated credential of the application fits the token"+l.presented(),
			"compare issuer, subject and audience: az ad app federated-credential list --id "+l.client)
	case q.has(500011):
		return q.refuse("the tenant does not know Key Vault", "check "+keyAuthority+" and "+keySuffix+": vault and tenant are in different clouds")
	case q.has(53000, 53001, 53002, 53003, 530003):
		e := q.refuse("a conditional access policy of the tenant refuses the login", "ask who administers the tenant; the policy's log has the request")
		e.Code = providers.Policy
		return e
	case l.kind == kindManaged:
		return q.managed()
	}
	return q.refuse(fmt.Sprintf("the token service refuses the login, AADSTS%d", q.trace.answer.codes[0]),
		"look the code up at https://login.microsoftonline.com/error")
}

func (q question) refuse(message, hint string) *providers.Error {
	return q.failure(providers.Unauthenticated, message, hint)
}

// presented is what the federated token says about itself, or "".
func (l *login) presented() string {
	data, err := os.ReadFile(l.tokenFile)
	if l.kind != kindWorkload || err != nil {
		return ""
	}
	c := readClaims(strings.TrimSpace(string(data)))
	if c.Subject == "" {
		return ""
	}
	return fmt.Sprintf(" (issuer %.200q, subject %.200q)", c.Issuer, c.Subject)
}
