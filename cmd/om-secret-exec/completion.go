package main

import (
	"bytes"

	"github.com/spf13/cobra"
)

const completionLong = `Completion prints the script that makes SHELL complete om-secret-exec's
commands and options.`

func newCompletion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a shell's completion script",
		Long:      completionLong,
		Example:   "  source <(om-secret-exec completion bash)",
		Args:      cobra.MatchAll(exactly("SHELL"), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			var script bytes.Buffer
			if err := completionScript(cmd.Root(), args[0], &script); err != nil {
				return err
			}
			return a.write("", script.Bytes())
		},
	}
}

func completionScript(root *cobra.Command, shell string, w *bytes.Buffer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	}
	return root.GenPowerShellCompletionWithDesc(w)
}
