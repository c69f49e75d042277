package azurekv

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

const publicSuffix = "vault.azure.net"

// place is where the vault is, and where its callers log in.
type place struct {
	// host is the vault's, with its port if it has one.
	host string
	// authority is the URL of the token service.
	authority string
	// foreign marks a vault outside of the clouds we know. Its challenge may
	// name the resource of a known one (a private link's own name), so that the
	// SDK's comparison of the two is switched off: the operator wrote the host.
	foreign bool
	// private marks a token service that Microsoft's list of such services does
	// not know; the SDK does not ask for the list then.
	private bool
}

// national is one of Microsoft's clouds: the domain of its vaults, and its token service.
type national struct{ suffix, authority string }

func nationals() []national {
	return []national{
		{publicSuffix, "https://login.microsoftonline.com/"},
		{"vault.usgovcloudapi.net", "https://login.microsoftonline.us/"},
		{"vault.azure.cn", "https://login.chinacloudapi.cn/"},
	}
}

// locate finds the vault. Its errors have code CONFIG.
func locate(s providers.Settings) (place, *providers.Error) {
	name := s.Get(keyVault)
	if !strings.Contains(name, "://") && !strings.ContainsAny(name, ".:") {
		name += "." + cmp.Or(strings.Trim(s.Get(keySuffix), ". /"), publicSuffix)
	}
	host, err := bareHost(name, keyVault, "write the name of the vault, such as my-vault, or its URL, such as https://my-vault.vault.azure.net")
	if err != nil {
		return place{}, err
	}
	p := place{host: host, authority: nationals()[0].authority, foreign: true}
	for _, c := range nationals() {
		if strings.HasSuffix(host, "."+c.suffix) {
			p.authority, p.foreign = c.authority, false
		}
	}
	if set := s.Get(keyAuthority); set != "" {
		host, err := bareHost(set, keyAuthority, "write a host such as login.microsoftonline.com")
		if err != nil {
			return place{}, err
		}
		p.authority = "https://" + host + "/"
		p.private = !slices.ContainsFunc(nationals(), func(c national) bool { return c.authority == p.authority })
	}
	return p, nil
}

// bareHost takes the host out of a URL or host. What else a URL can hold is
// refused without showing it, for it may be a password.
func bareHost(text, key, hint string) (string, *providers.Error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.User != nil, u.RawQuery != "", u.Fragment != "", strings.Trim(u.Path, "/") != "":
		return "", &providers.Error{Code: providers.Config, Message: key + " is neither a name nor the URL of a host", Hint: hint}
	case u.Scheme != "https":
		return "", &providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("%s has the scheme %q; tokens are sent over https only", key, u.Scheme), Hint: hint,
		}
	case !only(u.Hostname(), alphanumeric+".-:"):
		return "", &providers.Error{Code: providers.Config, Message: fmt.Sprintf("%s: %q cannot be part of a host name", key, u.Host), Hint: hint}
	}
	return strings.ToLower(u.Host), nil
}

// String names the vault in messages.
func (p place) String() string { return title + ", vault " + p.host }

func (p place) url() string { return "https://" + p.host + "/" }

// name is the vault's name as the Azure CLI takes it.
func (p place) name() string {
	name, _, _ := strings.Cut(p.host, ".")
	return name
}
