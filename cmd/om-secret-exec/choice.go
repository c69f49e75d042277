package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// givenValue is a settings flag: its text goes into the map, unparsed.
type givenValue struct {
	given     map[string]string
	name, arg string
}

func (v *givenValue) String() string     { return v.given[v.name] }
func (v *givenValue) Type() string       { return v.arg }
func (v *givenValue) Set(s string) error { v.given[v.name] = s; return nil }

// choice is a flag that takes one word of a closed list.
type choice struct {
	name  string
	value *string
	words []string
	text  string
}

// choiceValue makes a choice a flag.
type choiceValue struct{ choice }

func (v *choiceValue) String() string {
	if v.value == nil { // pflag asks the zero value, too
		return ""
	}
	return *v.value
}
func (v *choiceValue) Type() string { return strings.Join(v.words, "|") }

func (v *choiceValue) Set(s string) error {
	if !slices.Contains(v.words, s) {
		return fmt.Errorf("want %s", strings.Join(v.words, " or "))
	}
	*v.value = s
	return nil
}

// addChoice registers c, with its first word as the default.
func addChoice(cmd *cobra.Command, c choice, short string) {
	*c.value = c.words[0]
	cmd.Flags().VarP(&choiceValue{c}, c.name, short, c.text)
	completeWith(cmd, c.name, c.words)
}

// completeWith offers words when a shell completes the value of a flag.
func completeWith(cmd *cobra.Command, flag string, words []string) {
	fixed := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, fixed); err != nil {
		panic(err) // a flag of our own that does not exist
	}
}
