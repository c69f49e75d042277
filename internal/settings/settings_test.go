package settings_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv"
	"om-secret-exec/internal/providers/gcp"
	"om-secret-exec/internal/providers/kubernetes"
	"om-secret-exec/internal/providers/openbao"
	"om-secret-exec/internal/settings"
)

// sentinel stands for secret values: no warning, note or error may hold it.
const sentinel = "S3NTINEL"

// someAWS has the keys of OpenMetadata's AWS providers, two of the SDK's and one of
// ours, so that these tests need not follow the real table.
func someAWS() providers.Kind {
	pair := func(name, other string) providers.Key {
		return providers.Key{
			Name: name, Vars: []string{strings.ToUpper(name)}, Role: providers.Credential,
			Secret: true, Needs: []string{other}, AirflowNeeds: "aws_region",
		}
	}
	return providers.Kind{
		Names: []string{"aws", "managed-aws"}, Title: "AWS Secrets Manager",
		Keys: []providers.Key{
			{Name: "aws_region", Vars: []string{"AWS_DEFAULT_REGION", "AWS_REGION"}},
			pair("aws_access_key_id", "aws_secret_access_key"),
			pair("aws_secret_access_key", "aws_access_key_id"),
			{Name: "aws_session_token", Vars: []string{"AWS_SESSION_TOKEN"}, Role: providers.Credential, Secret: true},
			{Name: "aws_role_arn", Vars: []string{"OM_SECRET_EXEC_AWS_ROLE_ARN"}, Role: providers.Credential},
			{Name: "aws_max_attempts", Vars: []string{"AWS_MAX_ATTEMPTS"}, Role: providers.Option, Type: providers.Int, Default: "3"},
		},
	}
}

// plain is a store of ours, whose file an OM_SECRET_EXEC_ variable names.
func plain() providers.Kind {
	return providers.Kind{Names: []string{"file"}, Title: "secrets file", Keys: []providers.Key{
		{Name: "secrets_file", Vars: []string{"OM_SECRET_EXEC_SECRETS_FILE"}, Required: true},
	}}
}

func kinds() []providers.Kind {
	return []providers.Kind{someAWS(), azurekv.Kind(), gcp.Kind(), kubernetes.Kind(), openbao.Kind(), plain()}
}

// world is what a test sets up. An empty cfg means that there is no file, nil
// kinds are those of this file.
type world struct {
	kinds            []providers.Kind
	provider, loader string // the workflow's; "" is an absent key
	noDocument       bool
	flags            map[string]string
	env              map[string]string
	cfg              string
	stores           []string
}

func (w world) resolve(t *testing.T) (*settings.Effective, string) {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{"AIRFLOW_CONFIG": filepath.Join(dir, "airflow.cfg")}
	if w.cfg == "" {
		env["AIRFLOW_CONFIG"] = ""
	} else if err := os.WriteFile(env["AIRFLOW_CONFIG"], []byte(w.cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	if w.kinds == nil {
		w.kinds = kinds()
	}
	in := settings.Inputs{
		Flags: w.flags, Kinds: w.kinds, Stores: w.stores,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		LoadEnv: func(names []string) (map[string]string, error) {
			found := map[string]string{}
			for _, name := range names {
				if v, ok := env[name]; ok {
					found[name] = v
				}
			}
			return found, nil
		},
	}
	for name, value := range w.env {
		env[name] = value
		in.Environ = append(in.Environ, name+"="+value)
	}
	if !w.noDocument {
		in.Document = &settings.Document{Provider: setting(w.provider, 3), Loader: setting(w.loader, 4)}
	}
	eff, err := settings.Resolve(in)
	for _, name := range slices.Sorted(maps.Keys(eff.Broken)) {
		err = errors.Join(err, eff.Broken[name])
	}
	return eff, strings.ReplaceAll(dump(eff, err), dir+string(filepath.Separator), "")
}

func setting(value string, line int) *settings.DocSetting {
	if value == "" {
		return nil
	}
	return &settings.DocSetting{Value: value, Where: fmt.Sprintf("wf.yaml:%d:5", line)}
}
