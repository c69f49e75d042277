package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"om-secret-exec/internal/typo"
)

// oneDocument accepts the [FILE|-] of commands that read a document.
func oneDocument(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	hint := didYouMean(args[0], commandNames(cmd), cmd.Name()+" ")
	return usagef(hint, "one FILE at a time, not %d", len(args))
}

// exactly accepts the named arguments, all of them.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usagef("", "%s is missing", names[len(args)])
		case len(args) > len(names):
			return usagef("", "nothing comes after %s: %q", names[len(names)-1], args[len(names)])
		}
		return nil
	}
}

// noSuchCommand is what the root command accepts: nothing.
func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef(didYouMean(args[0], commandNames(root), ""), "there is no command %q", args[0])
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// wrongFlag adds to pflag's error the flag that may have been meant.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	if unknown.GetSpecifiedShortnames() != "" {
		return usagef("options are written out, such as --verbose", "there is no option -%s", unknown.GetSpecifiedName())
	}
	name := unknown.GetSpecifiedName()
	if slices.Contains(commandNames(cmd), name) {
		return usagef("it is a command: "+cmd.CommandPath()+" "+name, "there is no option --%s", name)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := didYouMean(name, names, "--")
	if hint == "" && !cmd.HasParent() {
		hint = "options come after the command"
	}
	return usagef(hint, "there is no option --%s", name)
}

func didYouMean(word string, names []string, prefix string) string {
	near := typo.Nearest(word, names, min(3, len(word)/2))
	if near == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", prefix, near)
}
