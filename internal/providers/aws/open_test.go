package aws

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestOpenRefuses(t *testing.T) {
	key := []string{keyRegion, "eu-west-1", keyAccessKey, "AKIATEST", keySecretKey, sentinel}
	badCA := settings(key...)
	badCA.CAFile = os.DevNull
	noCA := settings(key...)
	noCA.CAFile = "/nowhere/ca.pem"
	tests := []struct {
		name    string
		s       providers.Settings
		env     []string
		message string
		hint    string
	}{
		{"no region", settings(), nil, "no region", "AWS_DEFAULT_REGION"},
		{"zone", settings(keyRegion, "eu-west-1a"), nil, "availability zone", `"eu-west-1"`},
		{"zone from the environment", settings(), []string{"AWS_REGION", "eu-west-1a"}, "availability zone", ""},
		{"region with a slash", settings(keyRegion, "eu/"), nil, "not a region", ""},
		{"key without secret", settings(key[:4]...), nil, keySecretKey + " is missing", ""},
		{"secret without key", settings(keyRegion, "eu-west-1", keySecretKey, sentinel), nil, keyAccessKey + " is missing", ""},
		{"half a key in the environment", settings(key[:2]...), []string{"AWS_ACCESS_KEY_ID", "AKIAENV"}, "only one of", ""},
		{"half a key in the environment, other half", settings(key[:2]...), []string{"AWS_SECRET_ACCESS_KEY", sentinel}, "only one of", ""},
		{"token file without role", settings(keyRegion, "eu-west-1", keyTokenFile, "/t"), nil, keyTokenRole + " is missing", ""},
		{"kind without its settings", settings(keyRegion, "eu-west-1", keyCredential, credentialStatic), nil, keyAccessKey + " is missing", ""},
		{"unknown kind", settings(keyRegion, "eu-west-1", keyCredential, "magic"), nil, `"magic"`, "web-identity"},
		{"no profile", settings(keyRegion, "eu-west-1", keyProfile, "nobody"), nil, `no AWS profile "nobody"`, ""},
		{"no profile of that variable", settings(key[:2]...), []string{"AWS_PROFILE", "nobody"}, `no AWS profile "nobody"`, ""},
		{"endpoint without scheme", settings(keyRegion, "eu-west-1", keyEndpoint, "user:"+sentinel+"@host"), nil, "aws_endpoint_url", ""},
		{"container without an agent", settings(keyRegion, "eu-west-1", keyCredential, credentialContainer), nil, "no variable names", ""},
		{
			"container with a foreign agent", settings(keyRegion, "eu-west-1", keyCredential, credentialContainer),
			[]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/"},
			"neither https", "",
		},
		{"CA file without a certificate", badCA, nil, "no certificate", ""},
		{"no CA file", noCA, nil, "/nowhere/ca.pem", ""},
		{"no CA bundle", settings(key...), []string{"AWS_CA_BUNDLE", "/nowhere/bundle.pem"}, "AWS configuration", "AWS_CA_BUNDLE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			for i := 0; i < len(tt.env); i += 2 {
				t.Setenv(tt.env[i], tt.env[i+1])
			}
			_, err := SecretsManager().Open(t.Context(), tt.s)
			var e *providers.Error
			if !errors.As(err, &e) || e.Code != providers.Config {
				t.Fatalf("Open() = %v, want code CONFIG", err)
			}
			if !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("Open() = %q, hint %q, want %q and %q in them", e.Message, e.Hint, tt.message, tt.hint)
			}
			notQuoted(t, e)
		})
	}
}

// TestOpenAsksNobody opens a store in the mode in which the SDK by itself would
// ask the machine's metadata service.
func TestOpenAsksNobody(t *testing.T) {
	cleanEnv(t)
	metadata := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("Open asks for %s", r.URL.Path)
	}))
	t.Cleanup(metadata.Close)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.URL)
	t.Setenv("AWS_DEFAULTS_MODE", "auto")
	s := settings(keyRegion, "eu-west-1", keyAccessKey, "AKIATEST", keySecretKey, sentinel)
	if _, err := SecretsManager().Open(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestRegionSources(t *testing.T) {
	const profile = "[default]\nregion = ap-south-1\n[profile p]\nregion = sa-east-1\n"
	tests := []struct {
		name  string
		pairs []string
		env   string
		want  string
	}{
		{"setting", []string{keyRegion, "eu-west-1"}, "us-east-1", "eu-west-1"},
		{"variable", nil, "us-east-1", "us-east-1"},
		{"default profile", nil, "", "ap-south-1"},
		{"named profile", []string{keyProfile, "p"}, "", "sa-east-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			writeConfig(t, profile)
			if tt.env != "" {
				t.Setenv("AWS_REGION", tt.env)
			}
			ses, err := open(t.Context(), settings(tt.pairs...), secretsManagerService())
			if err != nil {
				t.Fatalf("open() = %v", err)
			}
			if ses.home != tt.want {
				t.Errorf("open(): region %q, want %q", ses.home, tt.want)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	const vpce = "https://vpce-1.secretsmanager.eu-west-1.vpce.amazonaws.com"
	tests := []struct {
		name        string
		setting     string
		env         map[string]string
		data, token string
	}{
		{"none", "", nil, "", ""},
		{"setting", "http://emulator:1", nil, "http://emulator:1", "http://emulator:1"},
		{"VPC endpoint", vpce, nil, vpce, ""},
		{"general variable", "", map[string]string{"AWS_ENDPOINT_URL": "http://e:1"}, "http://e:1", "http://e:1"},
		{"service's variable", "", map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://e:1"}, "http://e:1", ""},
		{"other service's variable", "", map[string]string{"AWS_ENDPOINT_URL_SSM": "http://e:1"}, "", ""},
		{"STS has its own", "http://e:1", map[string]string{"AWS_ENDPOINT_URL_STS": "http://e:2"}, "http://e:1", ""},
		{"ignored", "", map[string]string{"AWS_ENDPOINT_URL": "http://e:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settings(keyEndpoint, tt.setting)
			s.Env = func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }
			data, err := endpointOf(s, secretsManagerService())
			if err != nil || data != tt.data {
				t.Errorf("endpointOf() = %q, %v, want %q", data, err, tt.data)
			}
			if token := tokenEndpoint(s, secretsManagerService(), data); token != tt.token {
				t.Errorf("tokenEndpoint() = %q, want %q", token, tt.token)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		names := map[string]providers.Key{}
		for _, key := range kind.Keys {
			names[key.Name] = key
			if key.Text == "" || len(key.Vars) == 0 {
				t.Errorf("%s: key %s has no text or no variable", kind.Names[0], key.Name)
			}
		}
		for _, key := range kind.Keys {
			for _, other := range append(key.Needs, key.AirflowNeeds) {
				if _, ok := names[other]; other != "" && !ok {
					t.Errorf("%s: key %s needs %q, which is not a key", kind.Names[0], key.Name, other)
				}
			}
		}
		for _, secret := range []string{keySecretKey, keySessionToken} {
			if !names[secret].Secret {
				t.Errorf("%s: key %s is not marked secret", kind.Names[0], secret)
			}
		}
		for _, v := range names[keyRole].Vars {
			if v == "AWS_ROLE_ARN" {
				t.Errorf("%s: AWS_ROLE_ARN is a web identity's role, not the one to assume", kind.Names[0])
			}
		}
	}
}

// recorder is a client that sends nothing and remembers to whom.
type recorder struct{ host, agent string }

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	r.host, r.agent = req.URL.Host, req.Header.Get("User-Agent")
	return nil, syscall.ECONNREFUSED
}

func TestPartitionsAndUserAgent(t *testing.T) {
	for region, domain := range map[string]string{
		"eu-west-1": "amazonaws.com", "cn-north-1": "amazonaws.com.cn",
		"us-gov-west-1": "amazonaws.com", "eusc-de-east-1": "amazonaws.eu",
	} {
		cleanEnv(t)
		s := withKey("", keyRegion, region)
		s.UserAgent = "om-secret-exec/1.2"
		for _, svc := range []*service{secretsManagerService(), parameterStoreService()} {
			ses, err := open(t.Context(), s, svc)
			if err != nil {
				t.Fatalf("open(%s) = %v", region, err)
			}
			sent := &recorder{}
			ses.cfg.HTTPClient = sent
			var store providers.Store = newSecretsManager(ses)
			if svc.prefix == "ssm" {
				store = newParameterStore(ses)
			}
			readOne(t, store, "/a", "")
			if want := svc.prefix + "." + region + "." + domain; sent.host != want {
				t.Errorf("region %s: host %q, want %q", region, sent.host, want)
			}
			if !strings.Contains(sent.agent, "om-secret-exec/1.2") {
				t.Errorf("user agent %q, want om-secret-exec/1.2 in it", sent.agent)
			}
		}
	}
}
