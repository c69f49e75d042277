package azurekv

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// The values of azure_credential. Every one but default is the only credential
// that is tried, so that no metadata service is asked by accident.
const (
	kindDefault  = "default"
	kindSecret   = "client-secret"
	kindCert     = "certificate"
	kindWorkload = "workload-identity"
	kindManaged  = "managed-identity"
	kindCLI      = "cli"
)

func kinds() []string {
	return []string{kindDefault, kindSecret, kindCert, kindWorkload, kindManaged, kindCLI}
}

// credential is the choice of who asks.
type credential struct {
	kind           string
	tenant, client string
	// secret, cert and token are the three proofs of an application.
	secret, cert, password, tokenFile string
	// allowed are tenants besides the application's own, for the SDK's variable
	// AZURE_ADDITIONALLY_ALLOWED_TENANTS.
	allowed []string
	// sendChain sends the certificate along, for applications that trust an
	// issuer and a name; the SDK's variable AZURE_CLIENT_SEND_CERTIFICATE_CHAIN.
	sendChain bool
	// howTo says how to set the secret of an application.
	howTo string
}

// choose decides which credential the settings mean: a proof that is set, in the
// order secret, certificate, federated token; else a client id, which is a
// managed identity's; else what the environment says by itself.
func choose(s providers.Settings) (credential, *providers.Error) {
	env := func(string) string { return "" }
	if s.Env != nil {
		env = func(name string) string { v, _ := s.Env(name); return v }
	}
	c := fromSettings(s)
	if !slices.Contains(kinds(), c.kind) {
		return c, &providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("azure_credential %q is not a kind of credential", c.kind),
			Hint: "write one of " + strings.Join(kinds(), ", "),
		}
	}
	c.addEnvironment(env, s.Store != "")
	if all := env("AZURE_ADDITIONALLY_ALLOWED_TENANTS"); all != "" {
		c.allowed = strings.Split(all, ";")
	}
	chain := strings.ToLower(env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"))
	c.sendChain = chain == "1" || chain == "true"
	if c.kind == kindDefault {
		c.kind = c.obvious(env)
	}
	return c, c.complete(s)
}

func fromSettings(s providers.Settings) credential {
	c := credential{
		kind: s.Get(keyKind), tenant: s.Get(keyTenant), client: s.Get(keyClient),
		howTo:  s.HowToSet(Kind().Keys, keySecret),
		secret: s.Get(keySecret), cert: s.Get(keyCert), password: s.Get(keyPassword), tokenFile: s.Get(keyTokenFile),
	}
	if c.kind == "" {
		c.kind = kindDefault
	}
	return c
}

// addEnvironment looks at the SDK's variables where the settings hold no proof:
// OpenMetadata falls back to the SDK's chain then. With an application in the
// settings only the token of a pod is taken, which is proof for any of them.
func (c *credential) addEnvironment(env func(string) string, named bool) {
	if c.secret != "" || c.cert != "" || c.tokenFile != "" {
		return
	}
	// A named store has no part in the main one's secret; the pod's own identity
	// is everybody's.
	if c.client == "" && c.tenant == "" && (!named || env("AZURE_FEDERATED_TOKEN_FILE") != "") {
		c.tenant, c.client = env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID")
		if !named {
			c.secret, c.cert = env("AZURE_CLIENT_SECRET"), env("AZURE_CLIENT_CERTIFICATE_PATH")
			c.password = env("AZURE_CLIENT_CERTIFICATE_PASSWORD")
		}
	}
	c.tokenFile = env("AZURE_FEDERATED_TOKEN_FILE")
	if c.tenant == "" {
		c.tenant = env("AZURE_TENANT_ID")
	}
}

// obvious is the kind that default stands for. It stays default, which probes,
// only when nothing at all is said.
func (c *credential) obvious(env func(string) string) string {
	switch {
	case c.secret != "":
		return kindSecret
	case c.cert != "":
		return kindCert
	case c.tokenFile != "" && c.client != "":
		return kindWorkload
	case c.client != "", env("IDENTITY_ENDPOINT") != "", env("MSI_ENDPOINT") != "":
		return kindManaged
	}
	return kindDefault
}

// complete reports half a credential, and a tenant or client id that cannot be
// one.
func (c *credential) complete(s providers.Settings) *providers.Error {
	needs := map[string]string{}
	switch c.kind {
	case kindSecret:
		needs[keySecret] = c.secret
	case kindCert:
		needs[keyCert] = c.cert
	case kindWorkload:
		needs[keyTokenFile] = c.tokenFile
	}
	if len(needs) > 0 {
		needs[keyTenant], needs[keyClient] = c.tenant, c.client
	}
	for _, key := range []string{keyTenant, keyClient, keySecret, keyCert, keyTokenFile} {
		if value, needed := needs[key]; needed && value == "" {
			return &providers.Error{
				Code: providers.Config, Message: fmt.Sprintf("%s is missing for credential %s", key, c.kind),
				Hint: s.HowToSet(Kind().Keys, key),
			}
		}
	}
	for key, value := range map[string]string{keyTenant: c.tenant, keyClient: c.client} {
		if value != "" && !only(value, alphanumeric+".-") {
			return &providers.Error{
				Code: providers.Config, Message: fmt.Sprintf("%s %q is not an id", key, value),
				Hint: "write the id, such as 00000000-0000-0000-0000-000000000000, with no quotes around it",
			}
		}
	}
	return nil
}
