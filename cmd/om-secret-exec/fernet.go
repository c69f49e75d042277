package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
)

const fernetLong = `Fernet makes and opens values as OpenMetadata encrypts them in its database:
"fernet:" and a token. The key is the server's fernetConfiguration.fernetKey
(not Airflow's core.fernet_key), in the variable FERNET_KEY or in the file that
FERNET_KEY_FILE names; it may be several, separated by commas: the first
encrypts, all of them decrypt. Values are never arguments.`

func newFernet(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "fernet",
		Short:   "Make, open and rotate values that are encrypted as OpenMetadata's",
		Long:    fernetLong,
		Example: "  om-secret-exec fernet rotate --in-place secrets.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args:    noValues,
	}
	cmd.AddCommand(newKeygen(a), newEncrypt(a), newDecrypt(a), newRotate(a))
	return cmd
}

func newKeygen(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "keygen",
		Short:   "Print a new random key",
		Long:    "Keygen prints a new random key, as FERNET_KEY takes it.",
		Example: "  (umask 077 && om-secret-exec fernet keygen > fernet.key)",
		Args:    noValues,
		RunE: func(*cobra.Command, []string) error {
			key, err := fernet.Generate()
			if err != nil {
				return failed(&providers.Error{Code: providers.Internal, Message: err.Error()})
			}
			return a.write("", []byte(key+"\n"))
		},
	}
}

const encryptLong = `Encrypt reads a value from standard input, byte for byte to its end, and prints
it encrypted. On a terminal it asks for one line and does not show it.`

func newEncrypt(a *app) *cobra.Command {
	var trim bool
	cmd := &cobra.Command{
		Use:     "encrypt",
		Short:   "Encrypt the value on standard input",
		Long:    encryptLong,
		Example: "  om-secret-exec fernet encrypt < password.txt",
		Args:    noValues,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := a.fernetKeys("encrypting a value") // before anybody types one
			if err != nil {
				return err
			}
			value, err := a.readValue(cmd.Context(), "value")
			if err != nil {
				return err
			}
			if trim {
				value = bytes.TrimRight(value, "\r\n")
			}
			if fernet.Is(string(value)) {
				return failed(&providers.Error{
					Code: providers.BadValue, Message: "the value is encrypted already: it starts with fernet:",
					Hint: "to change its key use: om-secret-exec fernet rotate",
				})
			}
			a.warnOfValue(value)
			text, err := keys.Encrypt(value)
			if err != nil {
				return fernetError(err)
			}
			return a.write("", []byte(text+"\n"))
		},
	}
	cmd.Flags().BoolVar(&trim, "trim-trailing-newline", false, "drop line breaks at the end of the value")
	return cmd
}

const decryptLong = `Decrypt reads one encrypted value from standard input, with or without the
"fernet:" before it, and prints what is in it, byte for byte: a line break
follows only on a terminal.`

func newDecrypt(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "decrypt",
		Short:   "Open the encrypted value on standard input",
		Long:    decryptLong,
		Example: "  om-secret-exec fernet decrypt < token.txt",
		Args:    noValues,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := a.fernetKeys("decrypting a value")
			if err != nil {
				return err
			}
			text, err := a.readValue(cmd.Context(), "token")
			if err != nil {
				return err
			}
			value, derr := keys.Decrypt("fernet:" + strings.TrimPrefix(strings.TrimSpace(string(text)), "fernet:"))
			if derr != nil {
				return failed(derr)
			}
			if term.IsTerminal(int(a.stdout.Fd())) {
				value = append(value, '\n')
			}
			return a.write("", value)
		},
	}
}

// noValues accepts no arguments and quotes none: one may be a value.
func noValues(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := didYouMean(args[0], commandNames(cmd), "fernet "); near != "" {
		return usagef(near, "there is no such command")
	}
	return usagef("give values on standard input; the key is FERNET_KEY or FERNET_KEY_FILE", "%s takes no arguments", cmd.Name())
}

// fernetKeys gives the keys that the environment names; there must be one.
func (a *app) fernetKeys(doing string) (*fernet.Keyring, error) {
	keys, err := fernet.FromEnv(a.env, nil)
	if err == nil && keys == nil {
		err = fernet.ErrNoKey(doing)
	}
	return keys, fernetError(err)
}

// fernetError makes an error of the package fernet one of a command.
func fernetError(err error) error {
	var e *providers.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return failed(e)
	}
	return failed(&providers.Error{Code: providers.Internal, Message: err.Error()}) // no randomness
}
