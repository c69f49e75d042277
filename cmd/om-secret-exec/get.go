package main

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/reference"
)

const getLong = `Get gives one secret: the bytes that are stored, and nothing behind them but a
line break on a terminal. It is made for the _CMD options of Airflow and for
scripts, and never reads standard input. REF is an id or a whole reference. A
secret that is empty or the text null is an error.

With --json, get reads a request for many secrets on standard input and writes
the response on standard output, errors included; docs/protocol describes both.`

func newGet(a *app) *cobra.Command {
	o := &options{}
	var field string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "get REF|--json",
		Short:   "Give one secret, or many as JSON",
		Long:    getLong,
		Example: "  AIRFLOW__CORE__FERNET_KEY_CMD='om-secret-exec get /airflow/fernet-key'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !asJSON {
				a.exchange.dismiss()
			}
			if err := o.apply(a); err != nil {
				return err
			}
			given := cmd.Flags().Changed("field")
			switch {
			case asJSON && (len(args) > 0 || given):
				return usagef("write both into the request on standard input", "--json takes no REF and no --field")
			case asJSON:
				a.warmUp()
				ctx := a.untilUnread(cmd.Context())
				return orUnread(ctx, a.exchange.run(ctx, o))
			case len(args) == 0:
				return usagef("give the id of a secret, or --json and a request on standard input", "REF is missing")
			case len(args) > 1:
				return usagef("--json gives many at once", "one REF at a time, not %d", len(args))
			}
			asked := protocol.Ref{Text: args[0]}
			if given {
				asked.Field = &field
			}
			if err := checkField(asked); err != nil {
				return err
			}
			a.warmUp()
			ctx := a.untilUnread(cmd.Context())
			return orUnread(ctx, a.get(ctx, o, asked))
		},
	}
	cmd.Flags().StringVar(&field, "field", "", "give only `FIELD` of the secret, as REF#FIELD does")
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer the request on standard input")
	cmd.Flags().BoolVar(&o.trimNewline, "trim-trailing-newline", false, "drop line breaks at the end of values")
	o.addSettings(cmd)
	return cmd
}

// checkField refuses a --field that says nothing, or something for the second
// time.
func checkField(asked protocol.Ref) error {
	if asked.Field == nil {
		return nil
	}
	if *asked.Field == "" {
		return usagef("leave --field out to get the whole secret", "--field names no field")
	}
	if ref, err := reference.ParseArg(asked.Text); err == nil && ref.HasField {
		return usagef("leave one of them out", "--field beside a #FIELD in REF")
	}
	return nil
}

// get gives one secret.
func (a *app) get(ctx context.Context, o *options, asked protocol.Ref) error {
	l := newLookups(a, o)
	l.ask("", asked)
	if err := l.settings(ctx, nil); err != nil {
		return err
	}
	value := l.stored(ctx)[0].Value
	if err := l.failed(); err != nil {
		return err
	}
	if term.IsTerminal(int(a.stdout.Fd())) && !bytes.HasSuffix(value, []byte("\n")) {
		value = append(bytes.Clone(value), '\n')
	}
	return a.write("", value)
}
