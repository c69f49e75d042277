// Package azurekv reads secrets from Azure Key Vault, through azsecrets and
// azidentity.
//
// Opening a store reads a client certificate, where there is one, and nothing
// else; the vault and the token service are asked by Read. The data client makes
// one attempt, because internal/resolver alone repeats reads; the clients that
// fetch tokens keep the SDK's own retries, within the read's time.
//
// The text of the SDK's errors holds whole answers, so that none of it is ever
// shown. What went wrong is told from what the transport saw (see trace).
package azurekv

import (
	"context"
	"fmt"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

const (
	title = "Azure Key Vault"
	maxID = 127 // bytes
)

// Kind describes Azure Key Vault. An id is the name of a secret, a version its
// 32 digits.
func Kind() providers.Kind {
	return providers.Kind{
		Names: []string{"azure-kv", "managed-azure-kv"},
		Title: title,
		Keys:  append(places(), credentials()...), Variables: sdkVariables(),
		CheckID: checkID,
		Open: func(_ context.Context, s providers.Settings) (providers.Store, error) {
			transport, err := rest.NewTransport(rest.Options{CAFiles: []string{s.CAFile}})
			if err != nil {
				return nil, err
			}
			store, err := open(s, transport)
			if err != nil {
				return nil, err
			}
			return store, nil
		},
	}
}

func checkID(id string) error {
	if len(id) <= maxID && only(id, alphanumeric+"-") {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the name of a secret in Azure Key Vault", id),
		Hint:    "names are 1 to 127 letters, digits and dashes",
	}
}

// checkVersion refuses what would be another path of the service.
func checkVersion(version string) *providers.Error {
	if version == "" || len(version) <= maxID && only(version, alphanumeric+"-") {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the version of a secret in Azure Key Vault", version),
		Hint:    "versions are 32 digits and letters; leave version= out for the current one",
	}
}
