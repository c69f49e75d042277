package settings

import (
	"errors"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/providers"
)

// configFile is airflow.cfg, opened at first use.
type configFile struct {
	options  airflowcfg.Options
	source   string // who named the file; empty when it is Airflow's own choice
	config   *airflowcfg.Config
	opened   bool
	err      *providers.Error
	warnings []string
}

func newConfigFile(in Inputs, named Choice) *configFile {
	return &configFile{
		options: airflowcfg.Options{Path: named.Value, Env: in.Env, HomeDir: in.HomeDir},
		source:  named.Source,
	}
}

// strict opens the file for somebody who cannot do without.
func (f *configFile) strict() (*airflowcfg.Config, error) {
	f.open()
	if f.err != nil {
		return nil, f.err
	}
	return f.config, nil
}

// lenient opens the file for somebody who can: if it cannot be read, there is a
// warning and the AIRFLOW__ variables alone. A file that the user named has to
// be readable all the same.
func (f *configFile) lenient() (*airflowcfg.Config, error) {
	if f.source != "" {
		return f.strict()
	}
	first := !f.opened
	f.open()
	if f.config == nil {
		return nil, f.err
	}
	if f.err != nil && first {
		f.warnings = append(f.warnings, f.err.Message+"; going on without it")
	}
	return f.config, nil
}

func (f *configFile) open() {
	if f.opened {
		return
	}
	f.opened = true
	config, err := airflowcfg.Load(f.options)
	if err != nil {
		f.fail(err)
		f.config = f.variablesOnly()
		return
	}
	f.config = config
	// Airflow takes a file that it may not open for no file at all. Asking for
	// it by name tells such a file from a missing one.
	if !config.Found() && config.Path() != "" {
		asked := f.options
		asked.Path = config.Path()
		_, err := airflowcfg.Load(asked)
		if e, ok := errors.AsType[*airflowcfg.Error](err); ok && e.Kind == airflowcfg.KindUnreadable {
			f.fail(err)
			return
		}
	}
	f.warnings = append(f.warnings, config.Warnings()...)
}

// fail keeps the reason. Errors of airflowcfg hold no values.
func (f *configFile) fail(err error) {
	f.err = &providers.Error{Code: providers.Config, Message: err.Error()}
	if f.source != "" {
		f.err.Message = f.source + ": " + f.err.Message
		return
	}
	f.err.Hint = "mend the file, or name another with --airflow-config"
}

// variablesOnly is the configuration of somebody who has no file: for Airflow,
// an AIRFLOW_CONFIG that is set to nothing. It is nil when even that fails.
func (f *configFile) variablesOnly() *airflowcfg.Config {
	options := f.options
	options.Path = ""
	options.Env = func(name string) (string, bool) {
		if name == "AIRFLOW_CONFIG" {
			return "", true
		}
		return f.options.Env(name)
	}
	config, err := airflowcfg.Load(options)
	if err != nil {
		return nil
	}
	return config
}
