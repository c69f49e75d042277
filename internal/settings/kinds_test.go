package settings_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/aws"
	"om-secret-exec/internal/providers/azurekv"
	"om-secret-exec/internal/providers/file"
	"om-secret-exec/internal/providers/gcp"
	"om-secret-exec/internal/providers/kubernetes"
	"om-secret-exec/internal/providers/openbao"
	"om-secret-exec/internal/settings"
)

// tables are the real stores'.
func tables() []providers.Kind {
	return []providers.Kind{
		aws.SecretsManager(), aws.ParameterStore(), azurekv.Kind(), gcp.Kind(), kubernetes.Kind(), openbao.Kind(), file.Kind(),
	}
}

// TestTables holds the rules that every table of keys must keep.
func TestTables(t *testing.T) {
	variable := regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	option := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for _, kind := range tables() {
		seen := map[string]bool{}
		names := func(k providers.Key) []string { return append([]string{k.Name}, k.Also...) }
		for _, k := range kind.Keys {
			for _, name := range append(names(k), k.Vars...) {
				if seen[name] {
					t.Errorf("%s: %s occurs twice", kind.Title, name)
				}
				seen[name] = true
			}
		}
		for _, k := range kind.Keys {
			for _, name := range names(k) {
				if !option.MatchString(name) {
					t.Errorf("%s: %q is not the name of an option", kind.Title, name)
				}
			}
			if len(k.Vars) == 0 || slices.ContainsFunc(k.Vars, func(v string) bool { return !variable.MatchString(v) }) {
				t.Errorf("%s: %s has variables %q", kind.Title, k.Name, k.Vars)
			}
			for _, need := range k.Needs {
				if !seen[need] {
					t.Errorf("%s: %s needs %s, which is not there", kind.Title, k.Name, need)
				}
			}
			if k.Text == "" || strings.HasSuffix(k.Text, ".") {
				t.Errorf("%s: %s has text %q, want a line without a full stop", kind.Title, k.Name, k.Text)
			}
			if k.Secret && (k.Role != providers.Credential || k.Default != "") {
				t.Errorf("%s: %s is secret, so it must be a credential without a default", kind.Title, k.Name)
			}
		}
	}
}

// sample is a value of the key's type that is not its default.
func sample(k providers.Key) string {
	switch k.Type {
	case providers.Bool:
		return "true"
	case providers.Int:
		return "7"
	case providers.Text:
	}
	return "sample"
}

// TestEveryKey reads each key of each store by each of its names, alone, under
// every loader. Other keys that are missing then are no concern here.
func TestEveryKey(t *testing.T) {
	const fromVariable, fromAirflow, fromFile = "variable %s", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__", "airflow.cfg:2"
	for _, kind := range tables() {
		for i, k := range kind.Keys {
			check := func(loader string, w world, want string) {
				t.Helper()
				w.kinds, w.provider, w.loader = tables(), kind.Names[0], loader
				eff, _ := w.resolve(t)
				e := eff.Main.Entries[i]
				source := e.Source[strings.LastIndexByte(e.Source, '/')+1:]
				if e.Value == k.Default {
					source = ""
				}
				if source != want || want != "" && e.Value != sample(k) {
					t.Errorf("%s, loader %s: %s = %q from %q, want %q from %q", kind.Title, loader, k.Name, e.Value, source, sample(k), want)
				}
			}
			for _, name := range k.Vars {
				in := world{env: map[string]string{name: sample(k)}}
				source := strings.Replace(fromVariable, "%s", name, 1)
				own := strings.HasPrefix(name, "OM_SECRET_EXEC_")
				check(settings.Env, in, source)
				check(settings.Auto, in, source)
				check(settings.Noop, in, only(own || k.Role != providers.Credential, source))
				check(settings.Airflow, in, only(own, source))
			}
			for _, name := range append([]string{k.Name}, k.Also...) {
				variable := fromAirflow + strings.ToUpper(name)
				byVariable := world{env: map[string]string{variable: sample(k)}}
				byFile := world{cfg: section(name + " = " + sample(k))}
				read := k.AirflowNeeds == ""
				check(settings.Airflow, byVariable, only(read, "variable "+variable))
				check(settings.Airflow, byFile, only(read, fromFile))
				check(settings.Auto, byFile, fromFile)
				check(settings.Env, byFile, "")
				check(settings.Noop, byVariable, "")
			}
		}
	}
}

func only(when bool, source string) string {
	if when {
		return source
	}
	return ""
}

// TestNoValueInMessages sets every key to values that provoke every remark, and
// looks for them in what people and logs would see.
func TestNoValueInMessages(t *testing.T) {
	bad := []string{sentinel, " " + sentinel + "\n", `"` + sentinel + `"`, "%" + sentinel, "%(" + sentinel + ")s", sentinel + "_1", "true " + sentinel}
	for _, kind := range tables() {
		for _, value := range bad {
			env := map[string]string{}
			var options []string
			for _, k := range kind.Keys {
				for _, name := range k.Vars {
					env[name] = value
				}
				options = append(options, k.Name+" = "+strings.TrimSpace(value))
				env["OM_SECRET_EXEC_STORE_X_"+strings.ToUpper(k.Name)] = value
			}
			env["OM_SECRET_EXEC_STORE_X_PROVIDER"] = kind.Names[0]
			for _, loader := range []string{settings.Airflow, settings.Env, settings.Noop, settings.Auto} {
				w := world{kinds: tables(), provider: kind.Names[0], loader: loader, env: env, cfg: section(options...), stores: []string{"x"}}
				_, outcome := w.resolve(t)
				for _, line := range lines(outcome) {
					shown := strings.HasPrefix(line, "warning") || strings.HasPrefix(line, "error") || strings.HasPrefix(line, "hint")
					if shown && strings.Contains(line, sentinel) {
						t.Errorf("%s, loader %s, value %q: %s", kind.Title, loader, value, line)
					}
				}
			}
		}
	}
}

// TestProcessEnvironment goes through the real variables and the real loader.
func TestProcessEnvironment(t *testing.T) {
	cfg := filepath.Join(t.TempDir(), "airflow.cfg")
	if err := os.WriteFile(cfg, []byte(section("openbao_mount = team")), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AIRFLOW_CONFIG", cfg)
	t.Setenv("OM_SECRET_EXEC_PROVIDER", "vault")
	t.Setenv("OPENBAO_ADDRESS", "https://bao:8200")
	t.Setenv("OPENBAO_NAMESPACE", "")
	t.Setenv("OPENBAO_TOKEN", sentinel)
	eff, err := settings.Resolve(settings.Inputs{Kinds: kinds(), Env: os.LookupEnv, Environ: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	s := eff.Main.Settings
	for name, want := range map[string]string{"openbao_address": "https://bao:8200", "openbao_mount": "team", "openbao_token": sentinel, "openbao_read_timeout_ms": "10000"} {
		if got := s.Get(name); got != want {
			t.Errorf("Get(%q) = %q, want %q", name, got, want)
		}
	}
	if v, ok := s.Lookup("openbao_namespace"); !ok || v.Value != "" || v.Source != "variable OPENBAO_NAMESPACE" {
		t.Errorf(`Lookup("openbao_namespace") = %+v, %t, want it set and empty`, v, ok)
	}
	if _, ok := s.Lookup("openbao_role"); ok {
		t.Error(`Lookup("openbao_role") = true, want it unset`)
	}
	if s.Provider != "vault" || s.Loader != settings.Auto || s.Store != "" || s.Env == nil {
		t.Errorf("Settings = provider %q, loader %q, store %q", s.Provider, s.Loader, s.Store)
	}
	if want := (settings.AirflowFile{Path: cfg, Found: true}); eff.Airflow != want {
		t.Errorf("Airflow = %+v, want %+v", eff.Airflow, want)
	}
}
