package aws

import (
	"strings"
	"testing"
)

func TestRegionOf(t *testing.T) {
	tests := []struct{ in, want string }{
		{"/a/b", ""},
		{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "eu-west-1"},
		{"arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:db", "us-gov-west-1"},
		{"arn:aws-eusc:secretsmanager:eusc-de-east-1:123456789012:secret:db", "eusc-de-east-1"},
		{"arn:aws:ssm:eu-west-1:123456789012:parameter/x", ""},
		{"arn:aws:secretsmanager:evil.example/:123456789012:secret:db", ""},
		{"arn:aws:secretsmanager::123456789012:secret:db", ""},
	}
	for _, tt := range tests {
		if got := secretsManagerService().regionOf(tt.in); got != tt.want {
			t.Errorf("regionOf(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestIsZone(t *testing.T) {
	for in, want := range map[string]bool{
		"eu-west-1a": true, "us-gov-east-1b": true, "eu-west-1": false, "eusc-de-east-1": false,
		"": false, "a": false, "eu-west-1ab": false, "localhost": false,
	} {
		if got := isZone(in); got != want {
			t.Errorf("isZone(%q) = %t, want %t", in, got, want)
		}
	}
}

func TestSplitSelector(t *testing.T) {
	tests := []struct {
		in, name, selector string
		has                bool
	}{
		{"/a/b", "/a/b", "", false},
		{"/a/b:3", "/a/b", "3", true},
		{"/a/b:", "/a/b", "", true},
		{"arn:aws:ssm:eu-west-1:1:parameter/a", "arn:aws:ssm:eu-west-1:1:parameter/a", "", false},
		{"arn:aws:ssm:eu-west-1:1:parameter/a:prod", "arn:aws:ssm:eu-west-1:1:parameter/a", "prod", true},
	}
	for _, tt := range tests {
		name, selector, has := splitSelector(tt.in)
		if name != tt.name || selector != tt.selector || has != tt.has {
			t.Errorf("splitSelector(%q) = %q, %q, %t, want %q, %q, %t", tt.in, name, selector, has, tt.name, tt.selector, tt.has)
		}
	}
}

func TestIsUUID(t *testing.T) {
	for in, want := range map[string]bool{
		"01234567-89ab-cdef-0123-456789ABCDEF": true, "AWSPREVIOUS": false, "": false,
		"01234567-89ab-cdef-0123-456789ABCDEG": false, "0123456789ab-cdef-0123-456789ABCDEF-": false,
	} {
		if got := isUUID(in); got != want {
			t.Errorf("isUUID(%q) = %t, want %t", in, got, want)
		}
	}
}

func TestCheckID(t *testing.T) {
	const secretARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf"
	const parameterARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b"
	tests := []struct {
		name, id      string
		secret, param bool
	}{
		{"path", "/team/prod/db", true, true},
		{"bare name", "db", true, true},
		{"no leading slash", "team/db", true, false},
		{"secret characters", "/a_b+c=d.e@f-g", true, false},
		{"a managed database password", "rds!db-1234", true, false},
		{"a managed database password through Parameter Store", secretReference + "rds!db-1234", true, true},
		{"blank", "/a b", false, false},
		{"empty", "", false, false},
		{"umlaut", "/ä", false, false},
		{"selector", "/a:3", false, true},
		{"empty selector", "/a:", false, false},
		{"secret ARN", secretARN, true, false},
		{"parameter ARN", parameterARN, false, true},
		{"parameter ARN with selector", parameterARN + ":prod", false, true},
		{"ARN without a name", "arn:aws:ssm:eu-west-1:123456789012:parameter/", false, false},
		{"ARN with a zone", "arn:aws:secretsmanager:eu-west-1a:123456789012:secret:a", false, false},
		{"secret through Parameter Store", secretReference + "a+b", true, true},
		{"600 characters", "/" + strings.Repeat("a", 600), false, true},
		{"1012 characters", strings.Repeat("a", 1012), false, false},
		{"16 levels", strings.Repeat("/a", 16), true, false},
		{"ARN too long", secretARN + strings.Repeat("a", 2048), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := SecretsManager().CheckID(tt.id); (err == nil) != tt.secret {
				t.Errorf("SecretsManager().CheckID(%q) = %v, want ok %t", tt.id, err, tt.secret)
			}
			if err := ParameterStore().CheckID(tt.id); (err == nil) != tt.param {
				t.Errorf("ParameterStore().CheckID(%q) = %v, want ok %t", tt.id, err, tt.param)
			}
		})
	}
}
