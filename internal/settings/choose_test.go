package settings_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

func TestPrecedence(t *testing.T) {
	type choices struct{ Provider, Loader settings.Choice }
	tests := []struct {
		name string
		in   world
		want choices
	}{
		{
			"nothing chosen",
			world{noDocument: true},
			choices{settings.Choice{}, settings.Choice{Value: "auto", Source: "default"}},
		},
		{
			"a workflow without the keys",
			world{},
			choices{settings.Choice{Value: "db", Source: "default"}, settings.Choice{Value: "noop", Source: "default"}},
		},
		{
			"the workflow",
			world{provider: "gcp", loader: "env"},
			choices{settings.Choice{Value: "gcp", Source: "wf.yaml:3:5"}, settings.Choice{Value: "env", Source: "wf.yaml:4:5"}},
		},
		{
			"variables over the workflow, blanks left out",
			world{provider: "azure-kv", loader: "env", env: map[string]string{"OM_SECRET_EXEC_PROVIDER": "gcp\n", "OM_SECRET_EXEC_LOADER": "noop"}},
			choices{settings.Choice{Value: "gcp", Source: "variable OM_SECRET_EXEC_PROVIDER"}, settings.Choice{Value: "noop", Source: "variable OM_SECRET_EXEC_LOADER"}},
		},
		{
			"flags over variables",
			world{
				provider: "azure-kv", loader: "env", env: map[string]string{"OM_SECRET_EXEC_PROVIDER": "openbao", "OM_SECRET_EXEC_LOADER": "env"},
				flags: map[string]string{"provider": "gcp", "loader": "auto"},
			},
			choices{settings.Choice{Value: "gcp", Source: "flag --provider"}, settings.Choice{Value: "auto", Source: "flag --loader"}},
		},
		{
			"an empty variable is unset, an empty flag is not",
			world{provider: "gcp", loader: "env", env: map[string]string{"OM_SECRET_EXEC_LOADER": ""}, flags: map[string]string{"provider": ""}},
			choices{settings.Choice{Source: "flag --provider"}, settings.Choice{Value: "env", Source: "wf.yaml:4:5"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eff, outcome := tt.in.resolve(t)
			if strings.Contains(outcome, "error: ") {
				t.Fatalf("Resolve:\n%s", outcome)
			}
			if diff := cmp.Diff(tt.want, choices{eff.Provider, eff.Loader}); diff != "" {
				t.Errorf("choices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNotesAndChoiceErrors(t *testing.T) {
	hint := "providers are aws, managed-aws, azure-kv, managed-azure-kv, gcp, kubernetes, openbao, managed-openbao, vault, file, and db for none"
	rows := []row{
		{"notes for both keys", world{provider: "azure-kv", loader: "airflow", env: map[string]string{"OM_SECRET_EXEC_PROVIDER": "gcp", "OM_SECRET_EXEC_LOADER": "env"}}, `
			note: variable OM_SECRET_EXEC_PROVIDER overrides secretsManagerProvider at wf.yaml:3:5
			note: variable OM_SECRET_EXEC_LOADER overrides secretsManagerLoader at wf.yaml:4:5`},
		{"the same again overrides nothing", world{provider: "gcp", env: map[string]string{"OM_SECRET_EXEC_PROVIDER": "gcp"}}, ``},
		{"a flag needs no note", world{provider: "azure-kv", flags: map[string]string{"provider": "gcp"}}, ``},
		{"a typo", world{provider: "azure_kv"}, `
			error: UNSUPPORTED_PROVIDER: wf.yaml:3:5: there is no provider "azure_kv"
			hint: did you mean azure-kv? ` + hint},
		{"case matters, as upstream", world{provider: "AWS"}, `
			error: UNSUPPORTED_PROVIDER: wf.yaml:3:5: there is no provider "AWS"
			hint: did you mean aws? ` + hint},
		{"a part of a name", world{env: map[string]string{"OM_SECRET_EXEC_PROVIDER": "azure"}}, `
			error: UNSUPPORTED_PROVIDER: variable OM_SECRET_EXEC_PROVIDER: there is no provider "azure"
			hint: did you mean azure-kv? ` + hint},
		{"nothing like it", world{provider: "keepass"}, `
			error: UNSUPPORTED_PROVIDER: wf.yaml:3:5: there is no provider "keepass"
			hint: ` + hint},
		{"in-memory", world{provider: "in-memory"}, `
			error: UNSUPPORTED_PROVIDER: wf.yaml:3:5: provider "in-memory" is for OpenMetadata's own tests and holds no secrets
			hint: ` + hint},
		{"both wrong, both told", world{provider: "keepass", loader: "enf"}, `
			error: UNSUPPORTED_PROVIDER: wf.yaml:3:5: there is no provider "keepass"
			hint: ` + hint + `
			error: CONFIG: wf.yaml:4:5: there is no loader "enf"
			hint: did you mean env? loaders are airflow, env, noop, auto`},
		{"an unused --airflow-config", world{provider: "gcp", loader: "env", flags: map[string]string{"airflow-config": "/nowhere"}}, `
			warning: flag --airflow-config is not used: loader env does not read airflow.cfg`},
	}
	for _, r := range rows {
		r.run(t)
	}
}

func TestNullAndEmptyKeys(t *testing.T) {
	tests := []struct {
		name             string
		provider, loader settings.DocSetting
		want             string
	}{
		{"null provider is db", settings.DocSetting{Null: true}, settings.DocSetting{Value: "env"}, ""},
		{"empty provider", settings.DocSetting{}, settings.DocSetting{Value: "env"}, "warning: wf.yaml:1:1: secretsManagerProvider says nothing, which OpenMetadata refuses; taken as db\n"},
		{"null loader", settings.DocSetting{Value: "db"}, settings.DocSetting{Null: true}, "warning: wf.yaml:1:1: secretsManagerLoader says nothing, which OpenMetadata refuses; taken as noop\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.provider.Where, tt.loader.Where = "wf.yaml:1:1", "wf.yaml:1:1"
			eff, err := settings.Resolve(settings.Inputs{
				Document: &settings.Document{Provider: &tt.provider, Loader: &tt.loader},
				Kinds:    kinds(), Env: func(string) (string, bool) { return "", false },
			})
			if diff := cmp.Diff(tt.want, dump(eff, err)); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if eff.Main != nil || eff.Provider.Value != "db" {
				t.Errorf("provider %q with store %v, want db and none", eff.Provider.Value, eff.Main)
			}
		})
	}
}

func TestNoStore(t *testing.T) {
	tests := []struct {
		name string
		in   world
		want string // the start of the message
		hint string // a part of the hint
	}{
		{"nobody chose", world{noDocument: true}, "no provider is chosen", "--provider=aws"},
		{"the workflow does not say", world{}, "the workflow has no secretsManagerProvider", "`secretsManagerProvider: aws`"},
		{"db", world{provider: "db"}, `wf.yaml:3:5: provider "db" means`, "`secretsManagerProvider: aws`"},
		{"noop", world{provider: "noop"}, `wf.yaml:3:5: provider "noop" means`, "`secretsManagerProvider: aws`"},
		{"local", world{provider: "local"}, `wf.yaml:3:5: provider "local" means`, "`secretsManagerProvider: aws`"},
		{"an empty flag", world{provider: "aws", flags: map[string]string{"provider": ""}}, `flag --provider: provider "" means`, "aws"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eff, outcome := tt.in.resolve(t)
			e := eff.NoStore()
			if outcome != "" || e == nil || e.Code != providers.Config {
				t.Fatalf("Resolve: %q, NoStore: %v, want a CONFIG error", outcome, e)
			}
			if !strings.HasPrefix(e.Message, tt.want) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("NoStore() = %q with hint %q, want %q and %q", e.Message, e.Hint, tt.want, tt.hint)
			}
		})
	}
	if eff, _ := (world{provider: "gcp"}).resolve(t); eff.NoStore() != nil {
		t.Errorf("NoStore() = %v with a store, want nil", eff.NoStore())
	}
}

func TestOpenKnowsWhatThisBuildCannotRead(t *testing.T) {
	later := []providers.Kind{{Names: []string{"later"}, Title: "a store to come"}}
	eff, _ := world{provider: "later", kinds: later}.resolve(t)
	store, err := eff.Main.Open(context.Background())
	if got := flatten(err); store != nil || len(got) != 1 || got[0].Code != providers.UnsupportedProvider {
		t.Errorf("Open() = %v, %v, want UNSUPPORTED_PROVIDER", store, err)
	}
}
