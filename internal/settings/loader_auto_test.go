package settings_test

import (
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// credentials of two identities, for telling which one won.
var (
	envKeys = map[string]string{"AWS_ACCESS_KEY_ID": "ENVID", "AWS_SECRET_ACCESS_KEY": sentinel}
	cfgKeys = section("aws_region = eu-west-1", "aws_access_key_id = CFGID", "aws_secret_access_key = "+sentinel)
)

func TestLoaderAuto(t *testing.T) {
	auto := func(provider, cfg string, vars map[string]string) world {
		return world{noDocument: true, flags: map[string]string{"provider": provider}, cfg: cfg, env: vars}
	}
	rows := []row{
		{"all from the variables", auto("aws", "", envKeys), `
			aws_access_key_id=ENVID <- variable AWS_ACCESS_KEY_ID
			aws_secret_access_key=S3NTINEL <- variable AWS_SECRET_ACCESS_KEY
			aws_max_attempts=3 <- default`},
		{"all from airflow.cfg", auto("aws", cfgKeys, nil), `
			aws_region=eu-west-1 <- airflow.cfg:2
			aws_access_key_id=CFGID <- airflow.cfg:3
			aws_secret_access_key=S3NTINEL <- airflow.cfg:4
			aws_max_attempts=3 <- default`},
		{"places one by one, credentials whole", auto("aws", section("aws_region = eu-west-1", "aws_access_key_id = CFGID", "aws_secret_access_key = x", "aws_session_token = "+sentinel), envKeys), `
			aws_region=eu-west-1 <- airflow.cfg:2
			aws_access_key_id=ENVID <- variable AWS_ACCESS_KEY_ID over airflow.cfg:3
			aws_secret_access_key=S3NTINEL <- variable AWS_SECRET_ACCESS_KEY over airflow.cfg:4
			aws_session_token unset over airflow.cfg:5
			aws_max_attempts=3 <- default`},
		{"a variable of ours goes with any identity", auto("aws", cfgKeys, map[string]string{"OM_SECRET_EXEC_AWS_ROLE_ARN": "role"}), `
			aws_region=eu-west-1 <- airflow.cfg:2
			aws_access_key_id=CFGID <- airflow.cfg:3
			aws_secret_access_key=S3NTINEL <- airflow.cfg:4
			aws_role_arn=role <- variable OM_SECRET_EXEC_AWS_ROLE_ARN
			aws_max_attempts=3 <- default`},
		{"two halves of two identities make none", auto("aws", cfgKeys, map[string]string{"AWS_ACCESS_KEY_ID": "ENVID"}), `
			error: CONFIG: aws_secret_access_key is not taken from airflow.cfg:4: aws_access_key_id (variable AWS_ACCESS_KEY_ID) is half a credential without it (AWS Secrets Manager, loader auto)
			hint: set variable AWS_SECRET_ACCESS_KEY, or aws_secret_access_key in section [openmetadata_secrets_manager] of airflow.cfg`},
		{"empty variables choose nothing", auto("aws", cfgKeys, map[string]string{"AWS_REGION": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": " "}), `
			aws_region=eu-west-1 <- airflow.cfg:2 over variable AWS_REGION
			aws_access_key_id=CFGID <- airflow.cfg:3 over variable AWS_ACCESS_KEY_ID
			aws_secret_access_key=S3NTINEL <- airflow.cfg:4 over variable AWS_SECRET_ACCESS_KEY
			aws_max_attempts=3 <- default`},
		{"airflow.cfg's keys need no region there", auto("aws", section("aws_access_key_id = CFGID", "aws_secret_access_key = "+sentinel), map[string]string{"AWS_REGION": "b"}), `
			aws_region=b <- variable AWS_REGION
			aws_access_key_id=CFGID <- airflow.cfg:2
			aws_secret_access_key=S3NTINEL <- airflow.cfg:3
			aws_max_attempts=3 <- default`},
		{"a broken value that is not used hurts nobody", auto("aws", section("aws_region = %broken"+sentinel), map[string]string{"AWS_REGION": "b"}), `
			aws_region=b <- variable AWS_REGION over airflow.cfg:2
			aws_max_attempts=3 <- default`},
		{"a broken credential is no reason to be somebody else", auto("aws", section("aws_access_key_id = %broken"+sentinel), nil), `
			error: CONFIG: airflow.cfg:2: ...`},
		{"a file that cannot be parsed is a warning", auto("aws", "aws_region = "+sentinel+"\n", map[string]string{
			"AWS_REGION": "b", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SESSION_TOKEN": "t",
		}), `
			aws_region=b <- variable AWS_REGION
			aws_session_token=t <- variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__AWS_SESSION_TOKEN
			aws_max_attempts=3 <- default
			warning: airflow.cfg:1: ...; going on without it`},
		{"required: both places are named", auto("openbao", "", nil), `
			error: CONFIG: openbao_address is not set: the store cannot be used without it (OpenBao or Vault, loader auto)
			hint: set variable OPENBAO_ADDRESS, or openbao_address in section [openmetadata_secrets_manager] of airflow.cfg`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

// TestIdentitiesNeverMix goes through every way to split a credential between
// variables and airflow.cfg.
func TestIdentitiesNeverMix(t *testing.T) {
	names := []string{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
	for chosen := range 1 << (2 * len(names)) {
		w := world{provider: "aws", loader: "auto", env: map[string]string{}}
		options := []string{"aws_region = eu-west-1"}
		for i, name := range names {
			if chosen&(1<<(2*i)) != 0 {
				w.env[strings.ToUpper(name)] = sentinel
			}
			if chosen&(2<<(2*i)) != 0 {
				options = append(options, name+" = "+sentinel)
			}
		}
		w.cfg = section(options...)
		eff, outcome := w.resolve(t)
		fromEnv, fromFile := 0, 0
		for _, e := range eff.Main.Entries {
			switch {
			case !e.Set || e.Key.Role != providers.Credential:
			case strings.HasPrefix(e.Source, "variable "):
				fromEnv++
			default:
				fromFile++
			}
		}
		if fromEnv > 0 && fromFile > 0 || fromEnv != len(w.env) || fromEnv == 0 && fromFile != len(options)-1 {
			t.Errorf("variables %d, options %q: %d settings from variables and %d from airflow.cfg", len(w.env), options, fromEnv, fromFile)
		}
		half := eff.Main.Settings.Get(names[0]) != eff.Main.Settings.Get(names[1])
		if got := strings.Contains(outcome, "error: CONFIG"); got != half {
			t.Errorf("half a credential is an error: %t, want %t:\n%s", got, half, outcome)
		}
	}
}
