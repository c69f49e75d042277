package aws

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

const (
	listed   = "01234567-89ab-cdef-0123-456789abcdef"
	unlisted = "01234567-89ab-cdef-0123-000000000000"
)

func probe(t *testing.T, store providers.Store, id, version string) *providers.Error {
	t.Helper()
	return store.(providers.Prober).Probe(t.Context(), providers.Ref{ID: id, Version: version})
}

func TestProbeSecret(t *testing.T) {
	there := object{
		"ARN": arnPrefix + "/a-AbCdEf", "Name": "/a", "Description": sentinel,
		"VersionIdsToStages": object{listed: []string{"AWSCURRENT", "blue"}},
	}
	absent := failure("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	tests := []struct {
		name, version string
		status        int
		body          object
		want          providers.Code
	}{
		{"there", "", 200, there, ""},
		{"stage", "blue", 200, there, ""},
		{"version id", listed, 200, there, ""},
		{"no such stage", "green", 200, there, providers.VersionNotFound},
		{"version id without a stage", unlisted, 200, there, providers.UnsupportedProvider},
		{"no value yet", "", 200, object{"ARN": "x", "Name": "/a"}, providers.BadValue},
		{"deleted", "", 200, object{"ARN": "x", "DeletedDate": 1.7e9, "VersionIdsToStages": object{}}, providers.Disabled},
		{"absent", "", 400, absent, providers.NotFound},
		{"absent, with a version", listed, 400, absent, providers.NotFound},
		{"denied", "", 400, failure("AccessDeniedException", sentinel), providers.PermissionDenied},
		{"throttled", "", 400, failure("ThrottlingException", sentinel), providers.Throttled},
		{"empty", "", 200, object{}, providers.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) { return tt.status, tt.body })
			err := probe(t, openStore(t, SecretsManager(), withKey(s.URL)), "/a", tt.version)
			if codeOf(err) != tt.want {
				t.Errorf("Probe(/a, %q) = %+v, want code %q", tt.version, err, tt.want)
			}
			notQuoted(t, err)
			if err != nil && (err.Place == "" || err.Identity == "" || err.Status == 400 && err.RequestID != "req-1") {
				t.Errorf("Probe() = %+v, want a place, an identity and the request's id", err)
			}
			want := []request{{Action: "DescribeSecret", Region: "eu-west-1", Body: object{"SecretId": "/a"}}}
			if diff := cmp.Diff(want, s.requests); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
		})
	}
}

func TestProbeParameter(t *testing.T) {
	tags := object{"TagList": []object{{"Key": "owner", "Value": sentinel}}}
	tests := []struct {
		name, id, version string
		status            int
		body              object
		want              providers.Code
		asked             string // the name; "" for nothing
	}{
		{"there", "/a", "", 200, tags, "", "/a"},
		{"version", "/a", "3", 200, tags, providers.UnsupportedProvider, "/a"},
		{"label", "/a:prod", "", 200, tags, providers.UnsupportedProvider, "/a"},
		{"two versions", "/a:2", "3", 200, tags, providers.InvalidRef, ""},
		{"absent", "/a", "", 400, object{"__type": "InvalidResourceId"}, providers.NotFound, "/a"},
		{"absent, with a label", "/a:prod", "", 400, object{"__type": "InvalidResourceId"}, providers.NotFound, "/a"},
		{"denied", "/a", "", 400, failure("AccessDeniedException", sentinel), providers.PermissionDenied, "/a"},
		{"ARN", "arn:aws:ssm:eu-west-1:123456789012:parameter/a", "", 200, tags, providers.UnsupportedProvider, ""},
		{"a secret by way of SSM", "/aws/reference/secretsmanager/a", "", 200, tags, providers.UnsupportedProvider, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) { return tt.status, tt.body })
			err := probe(t, openStore(t, ParameterStore(), withKey(s.URL)), tt.id, tt.version)
			if codeOf(err) != tt.want {
				t.Errorf("Probe(%q, %q) = %+v, want code %q", tt.id, tt.version, err, tt.want)
			}
			notQuoted(t, err)
			var want []request
			if tt.asked != "" {
				want = []request{{
					Action: "ListTagsForResource", Region: "eu-west-1",
					Body: object{"ResourceType": "Parameter", "ResourceId": tt.asked},
				}}
			}
			if diff := cmp.Diff(want, s.requests); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
		})
	}
}

// A denial of the question names what was asked, and not the read.
func TestProbeDenied(t *testing.T) {
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		cleanEnv(t)
		s := serve(t, func(request) (int, any) { return 400, failure("AccessDeniedException", "") })
		err := probe(t, openStore(t, kind, withKey(s.URL)), "/a", "")
		action := map[string]string{"aws": "secretsmanager:DescribeSecret", "aws-ssm": "ssm:ListTagsForResource"}[kind.Names[0]]
		if codeOf(err) != providers.PermissionDenied || !strings.HasPrefix(err.Message, action) || !strings.HasSuffix(err.Hint, "reading does not need it") {
			t.Errorf("%s: Probe() = %+v, want a denial of %s", kind.Names[0], err, action)
		}
	}
}
