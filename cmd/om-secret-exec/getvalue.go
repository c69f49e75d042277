package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/settings"
)

const getValueLong = `Get-value prints what "airflow config get-value SECTION OPTION" prints, without
Airflow and in milliseconds: the exact value and one line break. Exit 3 means
that there is no value, exit 2 that Airflow could not read its file either.
Airflow's built-in defaults are not known here: outside the section
openmetadata_secrets_manager only values that somebody set are found.`

func newGetValue(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "get-value SECTION OPTION",
		Short:   "Print what airflow config get-value prints",
		Long:    getValueLong,
		Example: "  om-secret-exec config get-value openmetadata_secrets_manager aws_region",
		Args:    exactly("SECTION", "OPTION"),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := airflowcfg.Load(airflowcfg.Options{Path: a.airflowConfig(path), Env: a.env})
			if err != nil {
				return airflowError(err)
			}
			for _, w := range cfg.Warnings() {
				a.msg.warn(w)
			}
			value, ok, err := cfg.Get(args[0], args[1])
			switch source, beyond := beyondUs(cfg, value, args[0], args[1]); {
			case beyond:
				return &codedError{
					err:  fmt.Errorf("%s gives option %q by a command or backend", source, args[1]),
					code: exitReference, hint: "only Airflow itself can ask that: airflow config get-value " + args[0] + " " + args[1],
				}
			case err != nil:
				return airflowError(err)
			case !ok:
				return noSuchValue(cfg, args[0], args[1])
			}
			return a.write("", []byte(value.Text+"\n"))
		},
	}
	cmd.Flags().StringVar(&path, "airflow-config", "", "read `FILE` instead of the airflow.cfg that Airflow would find")
	return cmd
}

// airflowConfig is the path of airflow.cfg as flag or variable give it.
func (a *app) airflowConfig(flag string) string {
	if flag == "" {
		flag, _ = a.env("OM_SECRET_EXEC_AIRFLOW_CONFIG")
		flag = strings.TrimSpace(flag) // as everywhere else
	}
	return flag
}

// airflowError is a configuration that Airflow could not use either.
func airflowError(err error) error {
	var cfg *airflowcfg.Error
	if !errors.As(err, &cfg) {
		return &codedError{err: err, code: exitBug}
	}
	return &codedError{err: cfg, code: exitUsage}
}

// beyondUs tells whether Airflow would run a command or ask a backend for an
// option that it holds to be sensitive. A plain variable wins over both; a plain
// value in the file wins over those in the file. None of it concerns the section
// of OpenMetadata, whose options Airflow does not know.
func beyondUs(cfg *airflowcfg.Config, value airflowcfg.Value, section, option string) (source string, ok bool) {
	if strings.EqualFold(section, settings.Section) {
		return "", false
	}
	source, ok = cfg.Indirect(section, option)
	const variable = "variable "
	switch {
	case !ok, strings.HasPrefix(value.Source, variable):
		return "", false
	case value.Source != "" && !strings.HasPrefix(source, variable):
		return "", false
	}
	return source, true
}

func noSuchValue(cfg *airflowcfg.Config, section, option string) error {
	e := &codedError{
		err:  fmt.Errorf("no value for option %q in section %q", option, section),
		code: exitReference,
		hint: fmt.Sprintf("set it in [%s] of %s, or as variable %s",
			strings.ToLower(section), cfg.Path(), airflowcfg.Variable(section, option)),
	}
	if !strings.EqualFold(section, settings.Section) {
		e.hint = "Airflow may have a default for it: airflow config get-value " + section + " " + option
	}
	return e
}
