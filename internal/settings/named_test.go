package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/settings"
)

const namedCfg = `[openmetadata_secrets_manager]
aws_region = main
[openmetadata_secrets_manager:dr]
provider = aws
aws_region = dr
aws_access_key_id = DRID
[openmetadata_secrets_manager:lazy]
aws_region = nobody says which provider
[openmetadata_secrets_manager:Team]
provider = gcp
[openmetadata_secrets_manager:none]
provider = db
`

func TestNamedStores(t *testing.T) {
	named := func(env map[string]string, stores ...string) world {
		return world{provider: "db", cfg: namedCfg, env: env, stores: stores}
	}
	unknown := "stores are Team, dr, lazy, none, other_team; set variable OM_SECRET_EXEC_STORE_%_PROVIDER, or provider in section [openmetadata_secrets_manager:%] of airflow.cfg"
	rows := []row{
		{"file and variables are one source, without the main store's", named(map[string]string{
			"AWS_DEFAULT_REGION": "env", "OM_SECRET_EXEC_STORE_DR_AWS_SECRET_ACCESS_KEY": sentinel, "OM_SECRET_EXEC_STORE_DR_AWS_REGION": "var",
		}, "dr", "dr"), `
			dr/aws_region=var <- variable OM_SECRET_EXEC_STORE_DR_AWS_REGION over airflow.cfg:5
			dr/aws_access_key_id=DRID <- airflow.cfg:6
			dr/aws_secret_access_key=S3NTINEL <- variable OM_SECRET_EXEC_STORE_DR_AWS_SECRET_ACCESS_KEY
			dr/aws_max_attempts=3 <- default`},
		{"variables alone", named(map[string]string{
			"OM_SECRET_EXEC_STORE_OTHER_TEAM_PROVIDER": "gcp", "OM_SECRET_EXEC_STORE_OTHER_TEAM_GCP_PROJECT_ID": "p",
		}, "other-team"), `
			other-team/project_id=p <- variable OM_SECRET_EXEC_STORE_OTHER_TEAM_GCP_PROJECT_ID`},
		{"a name in capitals is the section in lower case", named(map[string]string{"OM_SECRET_EXEC_STORE_DR_AWS_SECRET_ACCESS_KEY": sentinel}, "DR"), `
			DR/aws_region=dr <- airflow.cfg:5
			DR/aws_access_key_id=DRID <- airflow.cfg:6
			DR/aws_secret_access_key=S3NTINEL <- variable OM_SECRET_EXEC_STORE_DR_AWS_SECRET_ACCESS_KEY
			DR/aws_max_attempts=3 <- default`},
		{"half a credential", named(nil, "dr"), `
			error: CONFIG: aws_secret_access_key is not set: aws_access_key_id (airflow.cfg:6) is half a credential without it (AWS Secrets Manager, store "dr")
			hint: set variable OM_SECRET_EXEC_STORE_DR_AWS_SECRET_ACCESS_KEY, or aws_secret_access_key in section [openmetadata_secrets_manager:dr] of airflow.cfg`},
		{"all that is wrong is told", named(map[string]string{"OM_SECRET_EXEC_STORE_OTHER_TEAM_PROVIDER": "gpc"}, "other.team", "lazy", "nowhere", "team", "none"), `
			error: CONFIG: store "lazy" has no provider
			hint: set variable OM_SECRET_EXEC_STORE_LAZY_PROVIDER, or provider in section [openmetadata_secrets_manager:lazy] of airflow.cfg
			error: CONFIG: store "none" has provider "db" (airflow.cfg:12), which is no store
			error: CONFIG: there is no store "nowhere"
			hint: ` + strings.Replace(strings.Replace(unknown, "%", "NOWHERE", 1), "%", "nowhere", 1) + `
			error: UNSUPPORTED_PROVIDER: variable OM_SECRET_EXEC_STORE_OTHER_TEAM_PROVIDER: there is no provider "gpc"
			hint: did you mean gcp? ...
			error: CONFIG: there is no store "team": section [openmetadata_secrets_manager:Team] has capital letters, which Airflow's rules never find
			hint: write [openmetadata_secrets_manager:team]`},
		{"no stores at all", world{provider: "db", stores: []string{"dr"}}, `
			error: CONFIG: there is no store "dr"
			hint: no stores are defined; set variable OM_SECRET_EXEC_STORE_DR_PROVIDER, or provider in section [openmetadata_secrets_manager:dr] of airflow.cfg`},
		{"a broken file, and a store that needs it", world{provider: "db", cfg: "no header", stores: []string{"dr"}}, `
			error: CONFIG: airflow.cfg:1: ...
			hint: mend the file, or name another with --airflow-config`},
		{"a broken file, and a store of variables", world{provider: "db", cfg: "no header", stores: []string{"dr"}, env: map[string]string{
			"OM_SECRET_EXEC_STORE_DR_PROVIDER": "gcp",
		}}, `
			warning: airflow.cfg:1: ...; going on without it`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

// TestConfigFile covers when the file is opened and what becomes of one that
// cannot be read: a directory in its place, which no mode bits hide from root.
func TestConfigFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.cfg")
	folder := t.TempDir()
	broken := filepath.Join(t.TempDir(), "broken.cfg")
	if err := os.WriteFile(broken, []byte(sentinel), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, loader, discovered, flag, variable string
		fatal, warns                             bool
		want                                     settings.AirflowFile
	}{
		{name: "env does not look", loader: "env", discovered: broken},
		{name: "noop does not look", loader: "noop", discovered: folder},
		{name: "airflow, missing", loader: "airflow", discovered: missing, warns: true, want: settings.AirflowFile{Path: missing}},
		{name: "airflow, unreadable", loader: "airflow", discovered: folder, fatal: true, want: settings.AirflowFile{Path: folder}},
		{name: "airflow, broken", loader: "airflow", discovered: broken, fatal: true},
		{name: "auto, missing", loader: "auto", discovered: missing, warns: true, want: settings.AirflowFile{Path: missing}},
		{name: "auto, unreadable", loader: "auto", discovered: folder, warns: true, want: settings.AirflowFile{Path: folder}},
		{name: "auto, broken", loader: "auto", discovered: broken, warns: true},
		{name: "auto, named and missing", loader: "auto", flag: missing, fatal: true},
		{name: "auto, named and unreadable", loader: "auto", flag: folder, fatal: true},
		{name: "auto, named and broken", loader: "auto", variable: broken, fatal: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := world{provider: "gcp", loader: tt.loader, flags: map[string]string{}, env: map[string]string{
				"AIRFLOW_CONFIG": tt.discovered, "OM_SECRET_EXEC_AIRFLOW_CONFIG": tt.variable,
			}}
			if tt.flag != "" {
				w.flags["airflow-config"] = tt.flag
			}
			eff, outcome := w.resolve(t)
			if got := strings.Contains(outcome, "error: CONFIG"); got != tt.fatal {
				t.Errorf("fatal = %t, want %t:\n%s", got, tt.fatal, outcome)
			}
			if got := strings.Contains(outcome, "warning: "); got != tt.warns {
				t.Errorf("warns = %t, want %t:\n%s", got, tt.warns, outcome)
			}
			if strings.Contains(outcome, sentinel) {
				t.Errorf("a message holds a value:\n%s", outcome)
			}
			if eff.Airflow != tt.want {
				t.Errorf("Airflow = %+v, want %+v", eff.Airflow, tt.want)
			}
		})
	}
}
