package main

import (
	"os"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// The words that flags with a closed set of values take.
const (
	auto   = "auto"
	always = "always"
	never  = "never"
)

// options are the flags that commands share. A command registers the groups
// that mean something to it.
type options struct {
	// given holds the settings flags of the command line, by name. What they
	// mean together with variables and files is for internal/settings to say.
	given map[string]string

	format, expandEnv, rewriteProvider string
	storeServiceConnection, null       string
	trimNewline                        bool

	verbose, quiet bool
	messages       string
}

// addSettings registers the flags of a run: those that have a variable, and how
// much to say.
func (o *options) addSettings(cmd *cobra.Command) {
	o.given = map[string]string{}
	fs := cmd.Flags()
	for _, opt := range settings.Options() {
		if opt.Flag == "" {
			continue
		}
		text := opt.Text
		if opt.Default != "" {
			text += " (" + opt.Default + ")"
		}
		fs.Var(&givenValue{o.given, opt.Flag, opt.Arg}, opt.Flag, text)
	}
	fs.BoolVar(&o.verbose, "verbose", false, "say what is done and how long it takes, never a value")
	fs.BoolVar(&o.quiet, "quiet", false, "say nothing but errors")
	addChoice(cmd, choice{"messages", &o.messages, []string{"text", "json"}, "how to say it: lines for people, or one JSON object a line"}, "")
	completeWith(cmd, "provider", providerNames())
	completeWith(cmd, "loader", []string{"airflow", "env", "noop", auto})
	completeWith(cmd, "batch", []string{auto, never})
}

// addDocument registers the flags of commands that read and write a document.
func (o *options) addDocument(cmd *cobra.Command) {
	for _, c := range o.documentChoices() {
		addChoice(cmd, c, "")
	}
	cmd.Flags().BoolVar(&o.trimNewline, "trim-trailing-newline", false, "drop line breaks at the end of values")
}

// inputs is what settings are resolved from.
func (o *options) inputs(a *app) settings.Inputs {
	return settings.Inputs{
		Flags: o.given, Kinds: stores(), Env: a.env, Environ: os.Environ(),
		UserAgent: "om-secret-exec/" + version,
	}
}

// apply puts the flags into effect that concern messages.
func (o *options) apply(a *app) error {
	if o.verbose && o.quiet {
		return usagef("", "--verbose and --quiet exclude each other")
	}
	a.msg.verbose, a.msg.quiet, a.msg.json = o.verbose, o.quiet, o.messages == "json"
	return nil
}

func (o *options) documentChoices() []choice {
	when := []string{auto, always, never}
	return []choice{
		{"format", &o.format, []string{auto, "yaml", "json"}, "how to read the document"},
		{"expand-env", &o.expandEnv, when, "whether to expand $NAME in the document, as OpenMetadata does"},
		{"rewrite-provider", &o.rewriteProvider, when, "whether to write provider db and loader noop"},
		{"store-service-connection", &o.storeServiceConnection, []string{"keep", "false"}, "write storeServiceConnection: false, or keep what is there"},
		{"null", &o.null, []string{"empty", "keep", "error"}, "what a secret is whose text is null"},
	}
}

// expand tells whether $NAME is expanded. What is read from a file is what
// `metadata -c` would read, which expands it; upstream does not do so elsewhere.
func (o *options) expand(upstream bool) bool {
	return o.expandEnv == always || o.expandEnv == auto && upstream
}

func (o *options) documentFormat() workflow.Format {
	switch o.format {
	case "yaml":
		return workflow.YAML
	case "json":
		return workflow.JSON
	}
	return workflow.Auto
}

func (o *options) rules() workflow.ValueRules {
	null, _ := workflow.ParseNullRule(o.null) // one of the flag's words
	return workflow.ValueRules{Null: null, TrimTrailingNewline: o.trimNewline}
}
