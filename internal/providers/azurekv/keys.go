package azurekv

import (
	"strings"

	"om-secret-exec/internal/providers"
)

// The names of the settings. Upstream knows the vault's name, the tenant, the
// client id and the client secret.
const (
	keyVault     = "azure_key_vault_name"
	keySuffix    = "azure_key_vault_dns_suffix"
	keyAuthority = "azure_authority_host"
	keyKind      = "azure_credential"
	keyTenant    = "azure_tenant_id"
	keyClient    = "azure_client_id"
	keySecret    = "azure_client_secret"
	keyCert      = "azure_client_certificate_path"
	keyPassword  = "azure_client_certificate_password"
	keyTokenFile = "azure_federated_token_file"
)

func places() []providers.Key {
	return []providers.Key{
		{
			// A full URL is ours: OpenMetadata always builds the public cloud's.
			Name: keyVault, Vars: []string{"AZURE_KEY_VAULT_NAME"}, Required: true,
			Text: "name of the vault, or its full URL",
		},
		{
			Name: keySuffix, Vars: []string{"OM_SECRET_EXEC_AZURE_KEY_VAULT_DNS_SUFFIX", "AZURE_KEYVAULT_DNS_SUFFIX"},
			Default: publicSuffix, Text: "domain that follows the vault's name, for sovereign clouds",
		},
		{
			Name: keyAuthority, Vars: []string{"AZURE_AUTHORITY_HOST"},
			Text: "where to log in; without it, the host of the vault's cloud",
		},
	}
}

// credentials has no Needs on the client id alone: by itself it chooses a
// user-assigned managed identity.
func credentials() []providers.Key {
	application := []string{keyTenant, keyClient}
	return []providers.Key{
		{
			Name: keyKind, Vars: []string{"OM_SECRET_EXEC_AZURE_CREDENTIAL"}, Role: providers.Credential,
			Default: kindDefault,
			Text:    "the one kind of credential to use: " + strings.Join(kinds(), ", ") + "; default uses what is set, else the SDK's chain",
		},
		{
			Name: keyTenant, Vars: []string{"AZURE_TENANT_ID"}, Role: providers.Credential,
			Text: "directory (tenant) of the application",
		},
		{
			Name: keyClient, Vars: []string{"AZURE_CLIENT_ID"}, Role: providers.Credential,
			Text: "application, or user-assigned managed identity",
		},
		{
			Name: keySecret, Vars: []string{"AZURE_CLIENT_SECRET"}, Role: providers.Credential,
			Secret: true, Needs: application, Text: "secret of the application",
		},
		{
			Name: keyCert, Vars: []string{"AZURE_CLIENT_CERTIFICATE_PATH"}, Role: providers.Credential,
			Needs: application, Text: "certificate and key of the application, a PEM or PKCS#12 file",
		},
		{
			Name: keyPassword, Vars: []string{"AZURE_CLIENT_CERTIFICATE_PASSWORD"},
			Role: providers.Credential, Secret: true, Needs: []string{keyCert},
			Text: "password of the certificate's file",
		},
		{
			Name: keyTokenFile, Vars: []string{"AZURE_FEDERATED_TOKEN_FILE"}, Role: providers.Credential,
			Needs: application, Text: "token of a workload identity, a file",
		},
	}
}

// sdkVariables lead to credentials that the SDK finds by itself: those of a
// managed identity's agent, of a user, and of the az command.
func sdkVariables() []string {
	return []string{
		"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT",
		"MSI_ENDPOINT", "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
		"AZURE_USERNAME", "AZURE_PASSWORD", "AZURE_CONFIG_DIR", "AZURE_TOKEN_CREDENTIALS",
	}
}
