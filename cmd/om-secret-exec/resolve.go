package main

import (
	"crypto/x509"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/providers/rest"
)

const resolveLong = `Resolve gives the workflow with every reference replaced by its value: on
standard output, or in the file of --out. FILE is YAML or JSON; - or a pipe is
standard input. Nothing is written unless everything could be resolved; what
could not is listed with its place, cause and remedy.`

// warmUp begins what the first connection will need: the system's root
// certificates take some 3 ms and more, and are loaded while the document is
// read. The standard library keeps them; whoever needs them first waits for the
// rest of the way.
func (a *app) warmUp() {
	rest.EnsureRoots(a.env)
	go func() { _, _ = x509.SystemCertPool() }()
}

func newResolve(a *app) *cobra.Command {
	o := &options{}
	var out string
	cmd := &cobra.Command{
		Use:     "resolve [FILE|-]",
		Short:   "Give the resolved workflow",
		Long:    resolveLong,
		Example: "  om-secret-exec resolve workflow.yaml --out /dev/shm/resolved.yaml",
		Args:    oneDocument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.apply(a); err != nil {
				return err
			}
			toFile := cmd.Flags().Changed("out")
			if toFile {
				if err := checkOutput(out); err != nil {
					return err
				}
			}
			a.warmUp()
			j := newJob(a, o)
			if err := j.read(cmd.Context(), args); err != nil {
				return err
			}
			if toFile {
				if err := checkNotInput(out, j.in); err != nil {
					return err
				}
			}
			ctx := cmd.Context()
			if !toFile {
				ctx = a.untilUnread(ctx)
			}
			resolved, err := j.resolve(ctx)
			if err != nil {
				return orUnread(ctx, err)
			}
			if err := a.write(out, resolved); err != nil {
				return err
			}
			if !toFile {
				a.msg.done(len(resolved))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write to `OUT` (mode 0600, whole or not at all) instead of standard output")
	o.addDocument(cmd)
	o.addSettings(cmd)
	return cmd
}
