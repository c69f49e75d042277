package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

const checkLong = `Check finds what is wrong with workflows, or will be a surprise, before they run:
references that cannot work, the traps of OpenMetadata's loaders, documents that
mean something else than they seem to. It looks at files, at the YAML and JSON
files in directories (no argument: the current one), and at the workflows inside
Kubernetes manifests; other files are skipped. Without --online it asks no store
and needs no network.

Exit 1 means that there are errors, or warnings with --fail-on=warning; 2 that a
file or setting cannot be read; 5 that stores could not be asked and trying again
may help.`

// checkOptions are the flags of check.
type checkOptions struct {
	options
	output, failOn, online string
	selected, ignored      []string
	portable, settings     bool
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check [FILE|DIR...|-]",
		Short: "Find what is wrong with workflows before they run",
		Long:  checkLong,
		Example: "  om-secret-exec check workflows/\n" +
			"  om-secret-exec check --online --fail-on=warning workflow.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.apply(a); err != nil {
				return err
			}
			c, err := newChecker(a, o)
			if err != nil {
				return err
			}
			return c.run(cmd.Context(), args)
		},
	}
	fs := cmd.Flags()
	addChoice(cmd, choice{"output", &o.output, []string{"text", "json", "github"}, "how to print: for people, for programs, or as annotations of GitHub Actions"}, "o")
	addChoice(cmd, choice{"fail-on", &o.failOn, []string{"error", "warning"}, "least severity that makes the exit code 1"}, "")
	fs.StringSliceVar(&o.selected, "select", nil, "show only findings of these `CODES`, or beginnings of codes (OMS1,OMS203)")
	fs.StringSliceVar(&o.ignored, "ignore", nil, "leave findings of these `CODES` out, or beginnings of codes")
	fs.BoolVar(&o.portable, "portable", false, "also find what OpenMetadata by itself would not understand")
	fs.BoolVar(&o.settings, "settings", false, "also check the stores' settings, as they are in this environment")
	fs.Var(&choiceValue{choice{"online", &o.online, []string{exists, reading}, ""}}, "online",
		"ask the stores, and check their settings: whether secrets are there (exists), or by reading them (read)")
	fs.Lookup("online").NoOptDefVal = exists
	addChoice(cmd, choice{"expand-env", &o.expandEnv, []string{auto, always, never}, "whether to expand $NAME in workflows; auto: as whoever reads them does"}, "")
	completeWith(cmd, "online", []string{exists, reading})
	o.addSettings(cmd)
	return cmd
}

// The ways to ask the stores.
const (
	exists  = "exists"
	reading = "read"
)

// checker is one run of check over all its files.
type checker struct {
	app      *app
	opts     *checkOptions
	shown    func(code string) bool
	provider string
	report   checkReport
	asking   asking
	// failures are what could not be read; the other files are checked all the
	// same.
	failures []failure
}

func newChecker(a *app, o *checkOptions) (*checker, error) {
	shown, err := selection(o.selected, o.ignored)
	if err != nil {
		return nil, err
	}
	provider, err := settings.Provider(o.inputs(a))
	if err != nil {
		return nil, settingsError(err)
	}
	return &checker{app: a, opts: o, shown: shown, provider: provider.Value, asking: newAsking()}, nil
}

// run checks what args name, prints the report and picks the exit code.
func (c *checker) run(ctx context.Context, args []string) error {
	files, err := c.files(args)
	if err != nil {
		return err
	}
	c.asking.begin(c)
	for _, file := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.file(ctx, file)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.print(); err != nil {
		return err
	}
	return c.verdict()
}

// file checks the workflows of one file.
func (c *checker) file(ctx context.Context, f checkFile) {
	in, err := c.read(f)
	if err != nil {
		c.fail(err)
		return
	}
	parts, broken := check.Parts(in.name, in.data)
	if len(parts) == 0 && f.stdin { // nothing else can be meant
		parts, broken = []check.Part{check.Whole(in.name, in.data)}, nil
	}
	if len(parts) == 0 {
		c.skip(f, broken)
		return
	}
	if broken != nil {
		c.app.msg.warn(in.name + ": " + broken.Error())
	}
	c.app.msg.stepf("checking %s: %d %s", in.name, len(parts), plural(len(parts), "workflow"))
	for _, p := range parts {
		c.part(ctx, in.name, p)
	}
}

// part checks one workflow.
func (c *checker) part(ctx context.Context, file string, p check.Part) {
	c.report.workflows++
	in := workflow.Input{Name: p.Name, Data: p.Data, Expand: p.Expand, Env: c.app.env}
	switch c.opts.expandEnv {
	case always:
		in.Expand = true
	case never:
		in.Expand = false
	}
	place := placed{file: file, part: p}
	input := check.Input{Document: in, Kinds: stores(), Provider: c.provider, Portable: c.opts.portable}
	var around []check.Finding
	if c.opts.settings || c.opts.online != "" {
		around, input.Found = c.around(ctx, place, in)
		input.Asked = c.opts.online != ""
	}
	c.add(place, check.Document(input))
	c.add(place, around)
}

// placed is a workflow and the file that it is in.
type placed struct {
	file string
	part check.Part
}

// where names a place in a workflow by its file.
func (p placed) where(at workflow.Position) string {
	at = p.part.Place(at)
	if at.Line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, at.Line, at.Column)
}

// add keeps findings that are to be shown, with their places in the file.
func (c *checker) add(p placed, findings []check.Finding) {
	for _, f := range findings {
		if c.shown(f.Code) {
			f.Pos = p.part.Place(f.Pos)
			c.report.findings = append(c.report.findings, located{Finding: f, file: p.file, object: p.part.Object})
		}
	}
}
