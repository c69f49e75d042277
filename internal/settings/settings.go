// Package settings finds out what a run is to do: which provider, which loader,
// and one value per setting of the store, each with the place it came from. It
// merges flags, OM_SECRET_EXEC_* variables, the workflow's own two keys,
// airflow.cfg and OpenMetadata's variables, and it asks no store and no network.
//
// airflow.cfg is read only when something needs it. No message of this package
// holds the value of a setting: they name the key and the source.
package settings

import (
	"errors"

	"om-secret-exec/internal/envloader"
	"om-secret-exec/internal/providers"
)

// Section is the part of airflow.cfg that OpenMetadata reads. A named store has
// a section of its own, `openmetadata_secrets_manager:NAME`.
const Section = "openmetadata_secrets_manager"

// Inputs is everything that [Resolve] looks at.
type Inputs struct {
	// Flags are the flags that were given, by name without dashes; a flag that
	// was not given is absent.
	Flags map[string]string
	// Document is what the workflow says; nil when there is no workflow.
	Document *Document
	// Kinds are the stores this program knows.
	Kinds []providers.Kind
	// Stores are the names after ?store= in the workflow, in any order.
	Stores []string
	// Env looks an environment variable up.
	Env func(name string) (string, bool)
	// Environ lists the environment as os.Environ does. Only the names are
	// used, for telling which stores exist; it may be nil.
	Environ []string
	// LoadEnv reads OpenMetadata's variables; nil means [envloader.Load].
	LoadEnv func(names []string) (map[string]string, error)
	// HomeDir is for `~` in airflow.cfg's path and values; nil is the system's.
	HomeDir func(user string) (string, bool)
	// UserAgent is handed on to the stores.
	UserAgent string
}

// Document holds the two keys of a workflow's server settings. A key that is
// absent is nil.
type Document struct {
	Provider, Loader *DocSetting
}

// DocSetting is one key of the workflow. Where is `FILE:LINE:COLUMN`.
type DocSetting struct {
	Value string
	Null  bool
	Where string
}

// Choice is a value and where it came from: `flag --provider`,
// `variable OM_SECRET_EXEC_PROVIDER`, `wf.yaml:3:5`, `default`, or "" when
// nobody chose.
type Choice struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Effective is the outcome of [Resolve].
type Effective struct {
	Provider, Loader Choice
	// Run and Options are the settings of the run itself: parsed, and as they
	// were written with their sources, in the order of [Options].
	Run     Run
	Options []OptionValue
	// Main is the workflow's store; nil when there is none, see
	// [Effective.NoStore].
	Main *StoreSettings
	// Named are the stores of Inputs.Stores, by name.
	Named map[string]*StoreSettings
	// Broken says, for each of Inputs.Stores that is not in Named, why: one or
	// more [*providers.Error], joined. They concern only the references that
	// name the store.
	Broken map[string]error
	// Airflow tells about airflow.cfg.
	Airflow AirflowFile
	// Warnings are things to mend; Notes say what overrode the workflow. Both
	// are single lines for people, lower case, no full stop.
	Warnings, Notes []string
	// Remarks are the warnings and, of the errors of [Resolve], those that are
	// not about the workflow's own two keys; each with what it is about.
	Remarks []Remark
}

// AirflowFile tells which airflow.cfg was used. Path and Found are unset when
// nothing needed the file.
type AirflowFile struct {
	Path  string
	Found bool
}

// StoreSettings is one store with all its settings.
type StoreSettings struct {
	Kind     providers.Kind
	Settings providers.Settings
	// Entries has one element per key of the Kind, in its order.
	Entries []Entry
}

// Entry is a setting as `config` shows it. Overrides are the sources whose value
// lost, also when Set is false because the key's whole group lost.
type Entry struct {
	Key       providers.Key
	Value     string
	Set       bool
	Source    string
	Overrides []string
}

// Resolve merges the inputs. An error is one or more [*providers.Error] of code
// CONFIG or UNSUPPORTED_PROVIDER, joined with [errors.Join]: it names everything
// that has to be mended; Effective then holds what could be settled, for its
// warnings and for `config`. Nobody having chosen a provider is not an error
// here, because not every command needs one; see [Effective.NoStore].
func Resolve(in Inputs) (*Effective, error) {
	if in.LoadEnv == nil {
		in.LoadEnv = envloader.Load
	}
	r := &run{in: in, eff: &Effective{Named: map[string]*StoreSettings{}, Broken: map[string]error{}}}
	err := errors.Join(r.options(), r.choose())
	if err == nil {
		r.cfg = newConfigFile(in, r.option("airflow-config"))
		err = r.main()
		r.named()
		r.finish()
	}
	r.remarkErrors(err)
	return r.eff, err
}

// run is one call of Resolve.
type run struct {
	in   Inputs
	eff  *Effective
	kind *providers.Kind // nil: no store
	cfg  *configFile
}

// finish records what became of airflow.cfg, and tells who named one in vain: a
// variable may be there for other runs, a flag is meant for this one.
func (r *run) finish() {
	if r.cfg.config != nil {
		r.eff.Airflow = AirflowFile{Path: r.cfg.config.Path(), Found: r.cfg.config.Found()}
	} else if _, given := r.in.Flags["airflow-config"]; given && r.kind != nil {
		r.warn(Remark{
			Kind: AirflowCfg, Text: "flag --airflow-config is not used: loader " + r.eff.Loader.Value + " does not read airflow.cfg",
			Hint: "leave the flag away, or choose loader airflow",
		})
	}
	for _, w := range r.cfg.warnings {
		r.warn(Remark{Kind: AirflowCfg, Text: w})
	}
}
