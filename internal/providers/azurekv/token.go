package azurekv

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"om-secret-exec/internal/providers"
)

// tokenDelay is before the first repetition of a token request; the SDK's own
// is of the size of a read's whole time.
const tokenDelay = 100 * time.Millisecond

// maker makes credentials of the SDK. They hold the tokens they got; a new one
// has none.
type maker func() (azcore.TokenCredential, error)

// maker prepares a credential, for which it reads the certificate. Errors have
// code CONFIG.
func (c credential) maker(p place, transport policy.Transporter) (maker, *providers.Error) {
	client := azcore.ClientOptions{
		Transport: ownBodies{transport},
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: p.authority},
		Retry:     policy.RetryOptions{RetryDelay: tokenDelay},
	}
	switch c.kind {
	case kindSecret:
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(c.tenant, c.client, c.secret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: client, AdditionallyAllowedTenants: c.allowed, DisableInstanceDiscovery: p.private,
			})
		}, nil
	case kindCert:
		return c.certMaker(&azidentity.ClientCertificateCredentialOptions{
			ClientOptions: client, AdditionallyAllowedTenants: c.allowed, DisableInstanceDiscovery: p.private,
			SendCertificateChain: c.sendChain,
		})
	case kindWorkload:
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(c.tenant, c.client, c.assertion, &azidentity.ClientAssertionCredentialOptions{
				ClientOptions: client, AdditionallyAllowedTenants: c.allowed, DisableInstanceDiscovery: p.private,
			})
		}, nil
	case kindManaged:
		options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: client}
		if c.client != "" {
			options.ID = azidentity.ClientID(c.client)
		}
		return func() (azcore.TokenCredential, error) { return azidentity.NewManagedIdentityCredential(options) }, nil
	case kindCLI:
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{
				AdditionallyAllowedTenants: c.allowed, TenantID: c.tenant,
			})
		}, nil
	}
	return func() (azcore.TokenCredential, error) {
		return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
			ClientOptions: client, AdditionallyAllowedTenants: c.allowed, DisableInstanceDiscovery: p.private, TenantID: c.tenant,
		})
	}, nil
}

// certMaker reads the certificate. Of the cause nothing is kept when the file
// cannot be understood, for it is a private key.
func (c credential) certMaker(options *azidentity.ClientCertificateCredentialOptions) (maker, *providers.Error) {
	data, err := os.ReadFile(c.cert)
	if err != nil {
		return nil, &providers.Error{
			Code: providers.Config, Message: "reading the client certificate: " + err.Error(),
			Hint: "check " + keyCert + " and the rights on the file",
		}
	}
	certs, key, err := azidentity.ParseCertificates(data, []byte(c.password))
	if err != nil {
		return nil, &providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("%s %q holds no certificate with its private key that can be read", keyCert, c.cert),
			Hint: "give one PEM file with both, the key without a password; or a PKCS#12 file (of OpenSSL 3, made with -legacy) and " + keyPassword,
		}
	}
	return func() (azcore.TokenCredential, error) {
		return azidentity.NewClientCertificateCredential(c.tenant, c.client, certs, key, options)
	}, nil
}

// assertion reads the token of a workload identity each time it is asked for,
// because the file is replaced while it is in use.
func (c credential) assertion(ctx context.Context) (string, error) {
	data, err := os.ReadFile(c.tokenFile)
	if err != nil {
		traceOf(ctx).fail(err)
		return "", err
	}
	return strings.TrimSpace(string(data)), nil
}

func (t *trace) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.file = err
}
