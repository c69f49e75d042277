// Package azurekv is Azure Key Vault. This build knows its settings and what its
// ids may be; it cannot read from it yet, so [Kind] has no Open.
package azurekv

import (
	"fmt"
	"regexp"

	"om-secret-exec/internal/providers"
)

const maxID = 127 // bytes

// idRule is the service's own rule for names of secrets.
var idRule = regexp.MustCompile(`^[0-9A-Za-z-]+$`)

// Kind describes Azure Key Vault: OpenMetadata's four settings, and beyond them
// sovereign clouds and the credentials that azidentity knows. Settings without a
// variable of OpenMetadata's or the SDK's have one of ours.
func Kind() providers.Kind {
	return providers.Kind{
		Names:   []string{"azure-kv", "managed-azure-kv"},
		Title:   "Azure Key Vault",
		Keys:    append(places(), credentials()...),
		CheckID: checkID,
	}
}

func places() []providers.Key {
	return []providers.Key{
		{
			// A full URL is ours: OpenMetadata always builds the public cloud's.
			Name: "azure_key_vault_name", Vars: []string{"AZURE_KEY_VAULT_NAME"}, Required: true,
			Text: "name of the vault, or its full URL",
		},
		{
			Name: "azure_key_vault_dns_suffix", Vars: []string{"OM_SECRET_EXEC_AZURE_KEY_VAULT_DNS_SUFFIX", "AZURE_KEYVAULT_DNS_SUFFIX"},
			Default: "vault.azure.net", Text: "domain that follows the vault's name, for sovereign clouds",
		},
		{
			Name: "azure_authority_host", Vars: []string{"AZURE_AUTHORITY_HOST"},
			Text: "where to log in, for sovereign clouds (the public cloud's host)",
		},
	}
}

// credentials has no Needs on the client id alone: by itself it chooses a
// user-assigned managed identity.
func credentials() []providers.Key {
	application := []string{"azure_tenant_id", "azure_client_id"}
	return []providers.Key{
		{
			Name: "azure_credential", Vars: []string{"OM_SECRET_EXEC_AZURE_CREDENTIAL"}, Role: providers.Credential,
			Text: "client-secret, certificate, workload-identity, managed-identity or cli (the SDK's default chain)",
		},
		{
			Name: "azure_tenant_id", Vars: []string{"AZURE_TENANT_ID"}, Role: providers.Credential,
			Text: "directory of the application",
		},
		{
			Name: "azure_client_id", Vars: []string{"AZURE_CLIENT_ID"}, Role: providers.Credential,
			Text: "application, or user-assigned managed identity",
		},
		{
			Name: "azure_client_secret", Vars: []string{"AZURE_CLIENT_SECRET"}, Role: providers.Credential,
			Secret: true, Needs: application, Text: "secret of the application",
		},
		{
			Name: "azure_client_certificate_path", Vars: []string{"AZURE_CLIENT_CERTIFICATE_PATH"}, Role: providers.Credential,
			Needs: application, Text: "certificate and key of the application, a PEM or PKCS#12 file",
		},
		{
			Name: "azure_client_certificate_password", Vars: []string{"AZURE_CLIENT_CERTIFICATE_PASSWORD"},
			Role: providers.Credential, Secret: true, Needs: []string{"azure_client_certificate_path"},
			Text: "password of the certificate's file",
		},
		{
			Name: "azure_federated_token_file", Vars: []string{"AZURE_FEDERATED_TOKEN_FILE"}, Role: providers.Credential,
			Needs: application, Text: "token of a workload identity, a file",
		},
	}
}

func checkID(id string) error {
	if len(id) <= maxID && idRule.MatchString(id) {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the name of a secret in Azure Key Vault", id),
		Hint:    "names are 1 to 127 letters, digits and dashes",
	}
}
