package aws

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

const arnPrefix = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"

// vault answers like Secrets Manager with one string secret for every name.
func vault(r request) (int, any) {
	switch r.Action {
	case "GetSecretValue":
		id := r.Body["SecretId"].(string)
		return 200, object{"ARN": arnPrefix + id + "-AbCdEf", "Name": id, "VersionId": "v1", "SecretString": "value of " + id}
	case "BatchGetSecretValue":
		var values []object
		for _, id := range r.Body["SecretIdList"].([]any) {
			values = append(values, object{"ARN": fmt.Sprint(arnPrefix, id, "-AbCdEf"), "Name": id, "SecretString": fmt.Sprint("value of ", id)})
		}
		return 200, object{"SecretValues": values}
	}
	return 400, failure("UnknownOperationException", "")
}

func TestSecretVersions(t *testing.T) {
	const uuid = "01234567-89ab-cdef-0123-456789abcdef"
	tests := []struct {
		name, version string
		want          map[string]any
	}{
		{"current", "", object{"SecretId": "/a"}},
		{"stage", "AWSPREVIOUS", object{"SecretId": "/a", "VersionStage": "AWSPREVIOUS"}},
		{"id", uuid, object{"SecretId": "/a", "VersionId": uuid}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, vault)
			got := readOne(t, openStore(t, SecretsManager(), withKey(s.URL)), "/a", tt.version)
			if got.Err != nil || string(got.Secret.Value) != "value of /a" {
				t.Errorf("Read(/a) = %q, %v, want %q", got.Secret.Value, got.Err, "value of /a")
			}
			if from := got.Secret.Source; from.Name != arnPrefix+"/a-AbCdEf" || from.Version != "v1" || from.Place == "" || from.Identity == "" {
				t.Errorf("Read(/a): source %+v, want version v1 with place and identity", from)
			}
			want := []request{{Action: "GetSecretValue", Region: "eu-west-1", Body: tt.want}}
			if diff := cmp.Diff(want, s.requests); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSecretValues(t *testing.T) {
	tests := []struct {
		name string
		body object
		want string
		code providers.Code
	}{
		{"binary", object{"ARN": "x", "SecretBinary": "/wA="}, "\xff\x00", ""},
		{"empty string", object{"ARN": "x", "SecretString": ""}, "", ""},
		{"neither", object{"ARN": "x"}, "", providers.BadValue},
		{"empty answer", object{}, "", providers.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) { return 200, tt.body })
			got := readOne(t, openStore(t, SecretsManager(), withKey(s.URL)), "/a", "")
			if string(got.Secret.Value) != tt.want || codeOf(got.Err) != tt.code {
				t.Errorf("Read() = %q, %v, want %q, code %q", got.Secret.Value, got.Err, tt.want, tt.code)
			}
		})
	}
}

func codeOf(err *providers.Error) providers.Code {
	if err == nil {
		return ""
	}
	return err.Code
}

func TestRegionOfARNDecides(t *testing.T) {
	cleanEnv(t)
	s := serve(t, vault)
	store := openStore(t, SecretsManager(), withKey(s.URL))
	readOne(t, store, "arn:aws:secretsmanager:us-east-2:123456789012:secret:x", "")
	readOne(t, store, "/x", "")
	if got := []string{s.requests[0].Region, s.requests[1].Region}; got[0] != "us-east-2" || got[1] != "eu-west-1" {
		t.Errorf("regions of the signatures = %v, want [us-east-2 eu-west-1]", got)
	}
}

func TestBatchMatchesItems(t *testing.T) {
	cleanEnv(t)
	s := serve(t, func(request) (int, any) {
		return 200, object{
			"SecretValues": []object{
				{"ARN": arnPrefix + "full-AbCdEf", "Name": "full", "SecretString": "2"},
				{"ARN": arnPrefix + "partial-AbCdEf", "Name": "partial", "SecretString": "3"},
				{"ARN": arnPrefix + "name-AbCdEf", "Name": "name", "SecretString": "1"},
				{"ARN": arnPrefix + "hollow-AbCdEf", "Name": "hollow"},
			},
			"Errors": []object{
				{"SecretId": "gone", "ErrorCode": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."},
				{"SecretId": "denied", "ErrorCode": "AccessDeniedException", "Message": sentinel},
				{"SecretId": "odd", "ErrorCode": sentinel + " free text", "Message": sentinel},
				{"SecretId": "deleted", "ErrorCode": "InvalidRequestException", "Message": "was marked for deletion"},
			},
		}
	})
	group := refs("name", arnPrefix+"full-AbCdEf", arnPrefix+"partial", "hollow", "gone", "denied", "odd", "deleted", "left out")
	got := openStore(t, SecretsManager(), withKey(s.URL)).Read(t.Context(), group)
	want := []struct {
		value string
		code  providers.Code
		alone bool
	}{
		{value: "1"},
		{value: "2"},
		{value: "3"},
		{code: providers.BadValue},
		{code: providers.NotFound},
		{code: providers.PermissionDenied, alone: true},
		{code: providers.Unavailable, alone: true},
		{code: providers.Disabled},
		{code: providers.NotFound, alone: true},
	}
	for i, w := range want {
		err := got[i].Err
		if string(got[i].Secret.Value) != w.value || codeOf(err) != w.code || err != nil && err.Alone != w.alone {
			t.Errorf("Read: %q = %q, %v, want %q, code %q, alone %t", group[i].ID, got[i].Secret.Value, err, w.value, w.code, w.alone)
		}
		notQuoted(t, err)
	}
	if got := s.actions(); len(got) != 1 {
		t.Errorf("requests = %v, want one batch", got)
	}
}

func TestBatchFailsAsAWhole(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   object
		code   providers.Code
		alone  bool
	}{
		{"denied", 400, failure("AccessDeniedException", "no"), providers.PermissionDenied, true},
		{"one bad id", 400, failure("InvalidParameterException", "no"), providers.InvalidRef, true},
		{"one without a value", 400, failure("ResourceNotFoundException", "no"), providers.NotFound, true},
		{"not supported", 400, failure("UnknownOperationException", "no"), providers.Unavailable, true},
		{"throttled", 400, failure("ThrottlingException", "no"), providers.Throttled, false},
		{"down", 503, failure("ServiceUnavailable", "no"), providers.Unavailable, false},
		{"unknown key", 400, failure("UnrecognizedClientException", "no"), providers.Unauthenticated, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) { return tt.status, tt.body })
			got := openStore(t, SecretsManager(), withKey(s.URL)).Read(t.Context(), refs("a", "b"))
			for i, r := range got {
				if codeOf(r.Err) != tt.code || r.Err.Alone != tt.alone {
					t.Errorf("Read()[%d] = %v, want code %s, alone %t", i, r.Err, tt.code, tt.alone)
				}
			}
			if got[0].Err == got[1].Err {
				t.Error("Read: two results share one error")
			}
			if got := s.actions(); len(got) != 1 {
				t.Errorf("requests = %v, want one: Read must not retry", got)
			}
		})
	}
}
