package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
)

// OwnPrefix starts the names of our variables.
const OwnPrefix = "OM_SECRET_EXEC_"

// Option is a setting of a run that an operator may put into a pod's
// environment. Flag is empty where there is only the variable; Arg stands for
// the value in help.
type Option struct {
	Flag, Variable, Arg, Default, Text string
}

// OptionValue is an option's effective value as text.
type OptionValue struct {
	Option Option
	Choice
}

// Run is what the options other than provider, loader and airflow-config say.
type Run struct {
	// Timeout is for the whole run.
	Timeout time.Duration
	// Concurrency is how many requests may be under way at once.
	Concurrency int
	// NoBatch forbids batch requests.
	NoBatch bool
	// CAFile is a PEM file of more roots to trust, or empty.
	CAFile string
}

// Options lists the options: the one table behind flags, help and documentation.
func Options() []Option {
	return []Option{
		{Flag: "provider", Variable: "OM_SECRET_EXEC_PROVIDER", Arg: "NAME", Text: "store to read from (the workflow's secretsManagerProvider)"},
		{Flag: "loader", Variable: "OM_SECRET_EXEC_LOADER", Arg: "NAME", Text: "where the store's settings are: airflow, env, noop or auto (the workflow's secretsManagerLoader)"},
		{Flag: "airflow-config", Variable: "OM_SECRET_EXEC_AIRFLOW_CONFIG", Arg: "FILE", Text: "airflow.cfg to read (the one that Airflow finds)"},
		{Flag: "timeout", Variable: "OM_SECRET_EXEC_TIMEOUT", Arg: "TIME", Default: defaultTimeout.String(), Text: "time for the run once the document is read, such as 90s or 2m"},
		{Flag: "concurrency", Variable: "OM_SECRET_EXEC_CONCURRENCY", Arg: "N", Default: "64", Text: "most requests under way at once"},
		{Flag: "batch", Variable: "OM_SECRET_EXEC_BATCH", Arg: "auto|never", Default: "auto", Text: "whether many secrets may be read in one request"},
		{Flag: "ca-file", Variable: "OM_SECRET_EXEC_CA_FILE", Arg: "FILE", Text: "PEM file of roots to trust besides the system's"},
		{Variable: "OM_SECRET_EXEC_SECRETS_FILE", Text: "file that provider file reads"},
		{Variable: storePrefix + "<NAME>_<KEY>", Text: "setting KEY (or PROVIDER) of the store named NAME"},
	}
}

const defaultTimeout = 30 * time.Second

// Timeout is the time that [Resolve] puts into Run, and that bounds Resolve itself:
// it is found without reading a file. Where options are wrong, which Resolve says
// without reading one, it is the default.
func Timeout(in Inputs) time.Duration {
	r := &run{in: in, eff: &Effective{}}
	if r.options() != nil {
		return defaultTimeout
	}
	return r.eff.Run.Timeout
}

// options finds the options' values and parses them.
func (r *run) options() error {
	for _, o := range Options() {
		if o.Flag != "" {
			r.eff.Options = append(r.eff.Options, OptionValue{o, r.look(o)})
		}
	}
	return r.parse()
}

// look applies flag, variable, default. An empty variable is an unset one: a pod
// template writes these when nobody chose.
func (r *run) look(o Option) Choice {
	if v, ok := r.in.Flags[o.Flag]; ok {
		return Choice{v, "flag --" + o.Flag}
	}
	if raw, ok := r.in.Env(o.Variable); ok {
		v := strings.TrimSpace(raw)
		source := "variable " + o.Variable
		if v != raw {
			r.warn(blanks(o.Flag, source))
		}
		if v != "" {
			return Choice{v, source}
		}
	}
	if o.Default != "" {
		return Choice{o.Default, "default"}
	}
	return Choice{}
}

// option is the choice for a flag of the table.
func (r *run) option(flag string) Choice {
	for _, o := range r.eff.Options {
		if o.Option.Flag == flag {
			return o.Choice
		}
	}
	return Choice{}
}

func (r *run) parse() error {
	timeout := r.option("timeout")
	d, err := duration(timeout.Value)
	if err != nil || d <= 0 {
		return configError(fmt.Sprintf("%s: %q is not a time", timeout.Source, timeout.Value), "write something like 90s or 2m")
	}
	concurrency := r.option("concurrency")
	n, err := strconv.Atoi(concurrency.Value)
	if err != nil || n < 1 {
		return configError(fmt.Sprintf("%s: %q is not a number above 0", concurrency.Source, concurrency.Value), "")
	}
	batch := r.option("batch")
	if batch.Value != "auto" && batch.Value != "never" {
		return configError(fmt.Sprintf("%s: %q is neither auto nor never", batch.Source, batch.Value), "")
	}
	r.eff.Run = Run{Timeout: d, Concurrency: n, NoBatch: batch.Value == "never", CAFile: r.option("ca-file").Value}
	return nil
}

// duration reads Go's notation, and a bare number as seconds.
func duration(s string) (time.Duration, error) {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second, nil
	}
	return time.ParseDuration(s)
}

func configError(message, hint string) *providers.Error {
	return &providers.Error{Code: providers.Config, Message: message, Hint: hint}
}
