package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const execLong = `Exec resolves and then becomes CMD: process, signals, terminal and exit code are
CMD's own. What is resolved is one of three:

  FILE         {} as an argument of CMD, or at the end of one as in --config={},
               is the path of the resolved document. It is held in memory and in
               no file system. - is standard input.
  --env NAME   the document in variable NAME; CMD gets the resolved one there.
  neither      every variable whose value starts with secret:

CMD is not started unless everything could be resolved. Exit 127 means that it
is not there, 126 that it cannot be run; anything above 128 and other codes may
be CMD's own.`

const execExample = `  om-secret-exec exec workflow.yaml -- metadata ingest -c {}
  om-secret-exec exec --env config -- python main.py`

// execution is a command line of exec.
type execution struct {
	app  *app
	opts *options

	files    []string // FILE as given: at most one
	variable string   // of --env
	dir      string   // of --file
	byFile   bool     // whether --file was given
	clear    bool
	argv     []string // CMD and its arguments
	program  string   // the path of CMD
}

func newExec(a *app) *cobra.Command {
	e := &execution{app: a, opts: &options{}}
	cmd := &cobra.Command{
		Use:     "exec [FILE|-] [flags] -- CMD [ARG...]",
		Short:   "Resolve, and become a command that gets the result",
		Long:    execLong,
		Example: execExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.opts.apply(a); err != nil {
				return err
			}
			if err := e.take(cmd, args); err != nil {
				return err
			}
			var err error
			if e.program, err = findProgram(e.argv[0], a.env); err != nil {
				return err
			}
			a.next, err = e.prepare(cmd.Context())
			return err
		},
		DisableFlagsInUseLine: true,
	}
	cmd.SetFlagErrorFunc(wrongExecFlag)
	fs := cmd.Flags()
	fs.StringVar(&e.variable, "env", "", "resolve the document in variable `NAME`")
	fs.StringVar(&e.dir, "file", "", "hand the document over in a file in `DIR`; weaker, see the documentation")
	fs.BoolVar(&e.clear, "clear-credentials", false, "drop the stores' variables and Fernet keys from CMD's environment")
	e.opts.addDocument(cmd)
	e.opts.addSettings(cmd)
	return cmd
}

// wrongExecFlag reminds of the -- without which CMD's options are taken for ours.
func wrongExecFlag(cmd *cobra.Command, err error) error {
	const hint = "the options of CMD come after --: " + cmdHint
	var usage *usageError
	if !errors.As(wrongFlag(cmd, err), &usage) {
		return usagef(hint, "%w", err)
	}
	if !strings.HasPrefix(usage.hint, "did you mean") {
		usage.hint = hint
	}
	return usage
}

const cmdHint = "om-secret-exec exec workflow.yaml -- metadata ingest -c {}"

// take splits and checks the arguments.
func (e *execution) take(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	if dash < 0 || dash == len(args) {
		return usagef(cmdHint, "no command: it comes after --")
	}
	e.files, e.argv = args[:dash], args[dash:]
	byEnv := cmd.Flags().Changed("env")
	e.byFile = cmd.Flags().Changed("file")
	holes := placeholders(e.argv)
	switch {
	case len(e.files) > 1:
		return usagef("the command comes after --: "+cmdHint, "one FILE at a time, not %d", len(e.files))
	case len(e.files) > 0 && byEnv:
		return usagef("", "FILE and --env exclude each other")
	case len(e.files) > 0 && holes == 0:
		return usagef(whereHint(e.argv), "FILE is given, and no {} says where CMD gets it")
	case len(e.files) == 0 && holes > 0:
		return usagef("name the workflow before --: "+cmdHint, "{} stands for a FILE, and none is given")
	case len(e.files) == 0 && e.byFile:
		return usagef("", "--file is for a document that is given as FILE")
	case e.byFile && e.dir == "":
		return usagef("", "--file names no directory")
	case byEnv && (e.variable == "" || strings.ContainsAny(e.variable, "=\x00")):
		return usagef("", "--env: %q cannot be the name of a variable", e.variable)
	}
	return nil
}

// placeholder stands for the path of the resolved document.
const placeholder = "{}"

// isPlaceholder tells whether an argument is a placeholder or ends in one.
func isPlaceholder(arg string) bool {
	return arg == placeholder || strings.HasPrefix(arg, "-") && strings.HasSuffix(arg, "="+placeholder)
}

// placeholders counts the arguments of a command that stand for the document.
func placeholders(argv []string) int {
	n := 0
	for _, arg := range argv[1:] {
		if isPlaceholder(arg) {
			n++
		}
	}
	return n
}

// whereHint says how to write the placeholder that is missing.
func whereHint(argv []string) string {
	within := func(arg string) bool { return strings.Contains(arg, placeholder) }
	if slices.ContainsFunc(argv[1:], within) {
		return `{} counts as a whole argument, or at the end of one as in --config={}; for a shell: -- sh -c 'metadata ingest -c "$0"' {}`
	}
	return "write {} where the command takes the path, such as: " + cmdHint
}

// fillIn gives argv with path in the place of the placeholders.
func fillIn(argv []string, path string) []string {
	filled := []string{argv[0]}
	for _, arg := range argv[1:] {
		if isPlaceholder(arg) {
			arg = strings.TrimSuffix(arg, placeholder) + path
		}
		filled = append(filled, arg)
	}
	return filled
}
