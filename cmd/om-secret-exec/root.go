package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `om-secret-exec gives an OpenMetadata ingestion workflow with its secret
references replaced by their values, before ingestion starts: all of them, or
nothing and the reason.`

// newRoot makes the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "om-secret-exec",
		Short:         "Resolve the secret references of OpenMetadata workflows",
		Long:          rootLong,
		Example:       "  om-secret-exec exec workflow.yaml -- metadata ingest -c {}",
		SilenceErrors: true,
		SilenceUsage:  true,
		// Without a command the user wants to know what there is.
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args:              noSuchCommand,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(
		newExec(a),
		newResolve(a),
		newGet(a),
		newCheck(a),
		newConfig(a),
		newDoctor(a),
		newID(a),
		newFernet(a),
		newVersion(a),
		newCompletion(a),
	)
	root.SetHelpCommand(newHelp())
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.help = help(a.stdout, cmd) })
	root.SetFlagErrorFunc(wrongFlag)
	// What goes wrong on the command line is said by finish; cobra prints nothing.
	root.SetUsageFunc(func(*cobra.Command) error { return nil })
	return root
}

// newHelp makes `help [COMMAND]` the same as `COMMAND --help`.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Print the help of a command",
		Long:   "Help prints the help of a command.",
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noSuchCommand(about, args)
			}
			return about.Help()
		},
	}
}

// helpWidth keeps help readable in a terminal of the usual width.
const helpWidth = 80

// help prints a command's page. It is written by hand rather than by cobra's
// templates: executing a text/template would double the program's start-up.
func help(w io.Writer, cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", cmd.Long, cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-12s %s\n", c.Name(), c.Short)
			}
		}
	}
	if flags := cmd.LocalFlags(); flags.HasAvailableFlags() {
		b.WriteString("\nOptions:\n" + flags.FlagUsagesWrapped(helpWidth))
	}
	if !cmd.HasParent() {
		b.WriteString("\nExit codes:\n")
		for _, c := range exitCodes() {
			fmt.Fprintf(&b, "  %-6s %s\n", c.Code, c.Text)
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExample:\n%s\n", cmd.Example)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
