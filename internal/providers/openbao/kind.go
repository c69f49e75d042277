// Package openbao reads secrets from the key-value engine of OpenBao and
// HashiCorp Vault, over their HTTP API.
//
// Opening a store makes no request; the first Read logs in where the login
// method needs it, and all others share the token. A token that is refused in
// the middle of a run is replaced once.
//
// No release of OpenMetadata has this provider. The names of the settings are
// those of its proposal (pull request 31984); the variables of the bao and vault
// commands are accepted after them.
package openbao

import (
	"context"
	"slices"

	"om-secret-exec/internal/providers"
)

// The names of the settings. All but four are the proposal's.
const (
	keyAddress    = "openbao_address"
	keyMount      = "openbao_mount"
	keyNamespace  = "openbao_namespace"
	keyKV         = "openbao_kv_version" // ours
	keyMethod     = "openbao_auth_method"
	keyToken      = "openbao_token"
	keyTokenFile  = "openbao_token_file" // ours
	keyRoleID     = "openbao_role_id"
	keySecretID   = "openbao_secret_id"
	keyRole       = "openbao_role"     // ours
	keyJWTFile    = "openbao_jwt_file" // ours
	keyAuthPath   = "openbao_auth_path"
	keyCA         = "openbao_ca_cert_path"
	keySkipVerify = "openbao_skip_tls_verify"
	keyConnect    = "openbao_connect_timeout_ms"
	keyRead       = "openbao_read_timeout_ms"
)

// Kind describes OpenBao and Vault. An id is a path below the mount; slashes
// before it are dropped, as OpenMetadata's server does.
func Kind() providers.Kind {
	return providers.Kind{
		Names: []string{"openbao", "managed-openbao", "vault"},
		Title: "OpenBao or Vault",
		Keys:  slices.Concat(places(), credentials(), options()),
		// The client certificates of the bao and vault commands.
		Variables: []string{"BAO_CLIENT_CERT", "BAO_CLIENT_KEY", "VAULT_CLIENT_CERT", "VAULT_CLIENT_KEY"},
		CheckID:   checkID,
		Warnings:  warnings,
		Open: func(_ context.Context, s providers.Settings) (providers.Store, error) {
			st, err := open(s)
			if err != nil {
				return nil, err
			}
			return st, nil
		},
	}
}

func places() []providers.Key {
	return []providers.Key{
		{
			Name: keyAddress, Vars: []string{"OPENBAO_ADDRESS", "BAO_ADDR", "VAULT_ADDR"}, Required: true,
			Text: "address of the server, with https://",
		},
		{
			Name: keyMount, Vars: []string{"OPENBAO_MOUNT"}, Default: "secret",
			Text: "path of the key-value engine",
		},
		{
			Name: keyNamespace, Vars: []string{"OPENBAO_NAMESPACE", "BAO_NAMESPACE", "VAULT_NAMESPACE"},
			Text: "namespace (none)",
		},
		{
			Name: keyKV, Vars: []string{"OM_SECRET_EXEC_OPENBAO_KV_VERSION"}, Default: "2",
			Text: "version of the key-value engine: 1, 2, or auto, which asks the server",
		},
	}
}

// credentials leaves openbao_auth_path without a default: the proposal's
// "approle" is the path of that method, and every method has its own.
func credentials() []providers.Key {
	return []providers.Key{
		{
			Name: keyMethod, Vars: []string{"OPENBAO_AUTH_METHOD"}, Role: providers.Credential,
			Default: "token", Text: "token, approle, jwt or kubernetes",
		},
		{
			Name: keyToken, Vars: []string{"OPENBAO_TOKEN", "BAO_TOKEN", "VAULT_TOKEN"}, Role: providers.Credential,
			Secret: true, Text: "token, for method token",
		},
		{
			Name: keyTokenFile, Vars: []string{"OM_SECRET_EXEC_OPENBAO_TOKEN_FILE"}, Role: providers.Credential,
			Text: "file with the token, for method token without openbao_token (~/.vault-token, except with loader airflow)",
		},
		{
			Name: keyRoleID, Vars: []string{"OPENBAO_ROLE_ID"}, Role: providers.Credential,
			Needs: []string{keySecretID}, Text: "role id, for method approle",
		},
		{
			Name: keySecretID, Vars: []string{"OPENBAO_SECRET_ID"}, Role: providers.Credential,
			Secret: true, Needs: []string{keyRoleID}, Text: "secret id, for method approle",
		},
		{
			Name: keyRole, Vars: []string{"OM_SECRET_EXEC_OPENBAO_ROLE"}, Role: providers.Credential,
			Text: "role, for methods jwt and kubernetes",
		},
		{
			Name: keyJWTFile, Vars: []string{"OM_SECRET_EXEC_OPENBAO_JWT_FILE"}, Role: providers.Credential,
			Text: "file with the token to log in with, for methods jwt and kubernetes (the service account's)",
		},
		{
			Name: keyAuthPath, Vars: []string{"OPENBAO_AUTH_PATH"}, Role: providers.Credential,
			Text: "path of the login method (the method's name)",
		},
	}
}

func options() []providers.Key {
	return []providers.Key{
		{
			Name: keyCA, Vars: []string{"OPENBAO_CA_CERT_PATH", "BAO_CACERT", "VAULT_CACERT"},
			Role: providers.Option, Text: "PEM file of roots to trust besides the system's",
		},
		{
			Name: keySkipVerify, Vars: []string{"OPENBAO_SKIP_TLS_VERIFY", "BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY"},
			Role: providers.Option, Type: providers.Bool, Default: "false",
			Text: "trust any certificate; wins over openbao_ca_cert_path",
		},
		{
			Name: keyConnect, Vars: []string{"OPENBAO_CONNECT_TIMEOUT_MS"},
			Role: providers.Option, Type: providers.Int, Default: "5000", Text: "time to connect, in milliseconds",
		},
		{
			Name: keyRead, Vars: []string{"OPENBAO_READ_TIMEOUT_MS"},
			Role: providers.Option, Type: providers.Int, Default: "10000", Text: "time to answer, in milliseconds; at most half of --timeout, or 10 s",
		},
	}
}
