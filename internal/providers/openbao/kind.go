// Package openbao is the key-value engine of OpenBao and HashiCorp Vault. This
// build knows its settings and what its ids may be; it cannot read from it yet,
// so [Kind] has no Open.
//
// No release of OpenMetadata has this provider. The names of the settings are
// those of its proposal; the variables of the bao and vault commands are
// accepted after them.
package openbao

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// Kind describes OpenBao and Vault: the proposal's settings, and beyond them KV
// version 1 and logins with a JWT or a Kubernetes service account, with variables of ours.
func Kind() providers.Kind {
	return providers.Kind{
		Names:   []string{"openbao", "managed-openbao", "vault"},
		Title:   "OpenBao or Vault",
		Keys:    slices.Concat(places(), credentials(), options()),
		CheckID: checkID,
	}
}

func places() []providers.Key {
	return []providers.Key{
		{
			Name: "openbao_address", Vars: []string{"OPENBAO_ADDRESS", "BAO_ADDR", "VAULT_ADDR"}, Required: true,
			Text: "address of the server, with https://",
		},
		{
			Name: "openbao_mount", Vars: []string{"OPENBAO_MOUNT"}, Default: "secret",
			Text: "path of the key-value engine",
		},
		{
			Name: "openbao_namespace", Vars: []string{"OPENBAO_NAMESPACE", "BAO_NAMESPACE", "VAULT_NAMESPACE"},
			Text: "namespace (none)",
		},
		{
			Name: "openbao_kv_version", Vars: []string{"OM_SECRET_EXEC_OPENBAO_KV_VERSION"}, Default: "2", Type: providers.Int,
			Text: "version of the key-value engine, 1 or 2",
		},
	}
}

// credentials leaves openbao_auth_path without a default: the proposal's
// "approle" is the path of that method, and every method has its own.
func credentials() []providers.Key {
	return []providers.Key{
		{
			Name: "openbao_auth_method", Vars: []string{"OPENBAO_AUTH_METHOD"}, Role: providers.Credential,
			Default: "token", Text: "token, approle, jwt or kubernetes",
		},
		{
			Name: "openbao_token", Vars: []string{"OPENBAO_TOKEN", "BAO_TOKEN", "VAULT_TOKEN"}, Role: providers.Credential,
			Secret: true, Text: "token, for method token",
		},
		{
			Name: "openbao_role_id", Vars: []string{"OPENBAO_ROLE_ID"}, Role: providers.Credential,
			Needs: []string{"openbao_secret_id"}, Text: "role id, for method approle",
		},
		{
			Name: "openbao_secret_id", Vars: []string{"OPENBAO_SECRET_ID"}, Role: providers.Credential,
			Secret: true, Needs: []string{"openbao_role_id"}, Text: "secret id, for method approle",
		},
		{
			Name: "openbao_role", Vars: []string{"OM_SECRET_EXEC_OPENBAO_ROLE"}, Role: providers.Credential,
			Text: "role, for methods jwt and kubernetes",
		},
		{
			Name: "openbao_jwt_file", Vars: []string{"OM_SECRET_EXEC_OPENBAO_JWT_FILE"}, Role: providers.Credential,
			Text: "file with the token to log in with, for methods jwt and kubernetes (the service account's)",
		},
		{
			Name: "openbao_auth_path", Vars: []string{"OPENBAO_AUTH_PATH"}, Role: providers.Credential,
			Text: "path of the login method (the method's name)",
		},
	}
}

func options() []providers.Key {
	return []providers.Key{
		{
			Name: "openbao_ca_cert_path", Vars: []string{"OPENBAO_CA_CERT_PATH", "BAO_CACERT", "VAULT_CACERT"},
			Role: providers.Option, Text: "PEM file of the roots to trust (the system's)",
		},
		{
			Name: "openbao_skip_tls_verify", Vars: []string{"OPENBAO_SKIP_TLS_VERIFY", "BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY"},
			Role: providers.Option, Type: providers.Bool, Default: "false",
			Text: "trust any certificate; wins over openbao_ca_cert_path",
		},
		{
			Name: "openbao_connect_timeout_ms", Vars: []string{"OPENBAO_CONNECT_TIMEOUT_MS"},
			Role: providers.Option, Type: providers.Int, Default: "5000", Text: "time to connect, in milliseconds",
		},
		{
			Name: "openbao_read_timeout_ms", Vars: []string{"OPENBAO_READ_TIMEOUT_MS"},
			Role: providers.Option, Type: providers.Int, Default: "10000", Text: "time to answer, in milliseconds",
		},
	}
}

// checkID refuses what cannot be a path below the mount. Leading slashes are
// dropped, as OpenMetadata's server does.
func checkID(id string) error {
	path := strings.TrimLeft(id, "/")
	odd := func(part string) bool { return part == "" || part == "." || part == ".." }
	if !slices.ContainsFunc(strings.Split(path, "/"), odd) {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the path of an entry in OpenBao", id),
		Hint:    "a path has names between single slashes, none of them empty, . or ..",
	}
}
