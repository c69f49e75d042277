package aws

import (
	"fmt"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// notQuoted fails when an error holds text of the server or a key.
func notQuoted(t *testing.T, err *providers.Error) {
	t.Helper()
	if err != nil && strings.Contains(fmt.Sprintf("%+v", *err), sentinel) {
		t.Errorf("error holds %s: %+v", sentinel, *err)
	}
}

func TestServiceErrors(t *testing.T) {
	tests := []struct {
		kind          providers.Kind
		version       string
		code, message string
		want          providers.Code
		hint          string
	}{
		{SecretsManager(), "", "ResourceNotFoundException", "Secrets Manager can't find the specified secret.", providers.NotFound, "region (eu-west-1)"},
		{SecretsManager(), "v9", "ResourceNotFoundException", "Secrets Manager can't find the specified secret.", providers.NotFound, ""},
		{SecretsManager(), "v9", "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: v9", providers.VersionNotFound, "remove the version"},
		{SecretsManager(), "", "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT", providers.BadValue, ""},
		{SecretsManager(), "", "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.", providers.Disabled, "restore-secret"},
		{SecretsManager(), "", "InvalidRequestException", "other", providers.InvalidRef, ""},
		{SecretsManager(), "", "InvalidParameterException", "", providers.InvalidRef, ""},
		{SecretsManager(), "", "DecryptionFailure", "", providers.PermissionDenied, "kms:Decrypt"},
		{SecretsManager(), "", "AccessDeniedException", "Access to KMS is not allowed", providers.PermissionDenied, "kms:Decrypt"},
		{SecretsManager(), "", "AccessDeniedException", "not authorized", providers.PermissionDenied, `secretsmanager:GetSecretValue on secret "/a"`},
		{SecretsManager(), "", "ThrottlingException", "", providers.Throttled, ""},
		{SecretsManager(), "", "ExpiredTokenException", "", providers.Unauthenticated, "renew"},
		{SecretsManager(), "", "UnrecognizedClientException", "", providers.Unauthenticated, ""},
		{SecretsManager(), "", "InvalidSignatureException", "", providers.Unauthenticated, "clock"},
		{SecretsManager(), "", "RequestTimeTooSkewed", "", providers.Unauthenticated, "clock"},
		{SecretsManager(), "", "InternalServiceError", "", providers.Unavailable, ""},
		{SecretsManager(), "", "SomethingNew", "", providers.Unavailable, ""},
		{ParameterStore(), "", "ParameterNotFound", "", providers.NotFound, ""},
		{ParameterStore(), "9", "ParameterVersionNotFound", "", providers.VersionNotFound, ""},
		{ParameterStore(), "x", "ParameterVersionLabelNotFound", "", providers.VersionNotFound, ""},
		{ParameterStore(), "", "InvalidKeyId", "", providers.PermissionDenied, "kms:Decrypt"},
		{ParameterStore(), "", "AccessDeniedException", "The ciphertext refers to a customer master key that does not exist", providers.PermissionDenied, "kms:Decrypt"},
		{ParameterStore(), "", "AccessDeniedException", "", providers.PermissionDenied, "misspelt"},
		{ParameterStore(), "", "ValidationException", "", providers.InvalidRef, ""},
	}
	for _, tt := range tests {
		t.Run(tt.kind.Names[0]+" "+tt.code, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) { return 400, failure(tt.code, tt.message+" "+sentinel) })
			err := readOne(t, openStore(t, tt.kind, withKey(s.URL)), "/a", tt.version).Err
			if codeOf(err) != tt.want || !strings.Contains(err.Hint, tt.hint) {
				t.Fatalf("Read() = %v, hint %q, want code %s and %q in the hint", err, err.Hint, tt.want, tt.hint)
			}
			if err.Status != 400 || err.RequestID != "req-1" || !strings.Contains(err.Identity, "AKIATEST") {
				t.Errorf("Read(): status %d, request %q, identity %q, want 400, req-1, AKIATEST", err.Status, err.RequestID, err.Identity)
			}
			if want := tt.kind.Title + ", region eu-west-1, endpoint " + s.URL; err.Place != want {
				t.Errorf("Read(): place %q, want %q", err.Place, want)
			}
			retry := tt.want == providers.Throttled || tt.code == "InternalServiceError"
			if err.Retryable != retry || err.Alone {
				t.Errorf("Read(): retryable %t, alone %t, want %t, false", err.Retryable, err.Alone, retry)
			}
			notQuoted(t, err)
		})
	}
}
