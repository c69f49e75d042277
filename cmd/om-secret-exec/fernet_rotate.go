package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/delivery"
	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
)

const rotateLong = `Rotate encrypts every "fernet:" value of a text with the first key and leaves
all other bytes as they are, whatever the text is: YAML, JSON, a dump of a
database. What the first key opens already is kept, so that rotating twice does
no harm. When a value cannot be opened, nothing is written, and each one that
cannot is named.

Of one FILE, or of standard input, the result goes to standard output. With
--in-place files are replaced whole and keep their mode and owner; links are
refused.`

// rotated is a text with its tokens rotated.
type rotated struct {
	name string
	info fs.FileInfo // of a file
	data []byte
	fernet.Rotation
}

func newRotate(a *app) *cobra.Command {
	var inPlace, quiet bool
	cmd := &cobra.Command{
		Use:   "rotate [--in-place] [FILE...]",
		Short: "Encrypt all values of a text with the first key",
		Long:  rotateLong,
		Example: "  FERNET_KEY=$NEW,$OLD om-secret-exec fernet rotate < old.sql > new.sql\n" +
			"  FERNET_KEY=$NEW,$OLD om-secret-exec fernet rotate --in-place *.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			a.msg.quiet = quiet
			if err := rotateArgs(args, inPlace); err != nil {
				return err
			}
			texts, err := a.rotate(args, inPlace)
			if err != nil {
				return err
			}
			if inPlace {
				err = a.replace(cmd.Context(), texts)
			} else {
				err = a.write("", texts[0].Text)
			}
			if err == nil {
				a.sayRotated(texts)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&inPlace, "in-place", false, "write the files themselves, once all of them are ready")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "say nothing but errors")
	return cmd
}

func rotateArgs(args []string, inPlace bool) error {
	switch {
	case inPlace && len(args) == 0:
		return usagef("", "--in-place needs at least one FILE")
	case !inPlace && len(args) > 1:
		return usagef("write the files themselves with --in-place", "one FILE at a time to standard output, not %d", len(args))
	}
	for _, name := range args {
		if inPlace && name == "-" {
			return usagef("", "--in-place cannot write to standard input")
		}
	}
	return nil
}

// rotate reads the files that args name, or standard input, and rotates them in
// memory. The error has every token that cannot be opened.
func (a *app) rotate(args []string, inPlace bool) ([]*rotated, error) {
	keys, err := a.fernetKeys("rotating fernet: values")
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	var texts []*rotated
	f := &failedError{noun: "token"}
	unread := 0
	for _, name := range args {
		one, err := a.readText(name, inPlace)
		var failed *failedError
		switch {
		case errors.As(err, &failed):
			f.failures = append(f.failures, failed.failures...)
			unread++
			continue
		case err != nil:
			return nil, err
		case one.among(texts):
			continue
		}
		if one.Rotation, err = keys.RotateText(one.data); err != nil {
			return nil, fernetError(err)
		}
		f.total += one.Rotated + one.Kept + len(one.Failures)
		f.failures = append(f.failures, one.failures()...)
		texts = append(texts, one)
	}
	if unread > 0 {
		f.total = 0 // nobody knows how many
	}
	if len(f.failures) > 0 {
		return nil, f
	}
	return texts, nil
}

func (a *app) readText(name string, inPlace bool) (*rotated, error) {
	if inPlace { // opening a link or a pipe would be one step too far
		if err := delivery.Check(name); err != nil {
			return nil, replaceError(name, err)
		}
	}
	if name == "-" {
		if !a.hasInput() {
			return nil, usagef("name a FILE, or give the text on standard input", "standard input is not a pipe or a file")
		}
		data, err := io.ReadAll(a.stdin) // a dump may be of any size
		return &rotated{name: "<stdin>", data: data}, inputError("<stdin>", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, inputError(name, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	// Taken before reading, so that a change while it is read is noticed.
	info, err := f.Stat()
	if err != nil {
		return nil, inputError(name, err)
	}
	data, err := io.ReadAll(f)
	return &rotated{name: name, info: info, data: data}, inputError(name, err)
}

// among tells whether a file is there already, under this name or another.
func (r *rotated) among(texts []*rotated) bool {
	for _, t := range texts {
		if r.info != nil && t.info != nil && os.SameFile(r.info, t.info) {
			return true
		}
	}
	return false
}

func (r *rotated) failures() []failure {
	var list []failure
	at := r.places()
	for _, f := range r.Failures {
		e := &providers.Error{Code: providers.Internal, Message: "encrypting a value"}
		errors.As(f.Err, &e)
		list = append(list, failure{where: at.of(r.name, f.Offset), err: e})
	}
	return list
}

func (a *app) sayRotated(texts []*rotated) {
	for _, t := range texts {
		at := t.places()
		for _, offset := range t.Odd {
			a.msg.warn(at.of(t.name, offset) + ": what follows fernet: does not begin as a token does; it was left as it is")
		}
		if t.Rotated+t.Kept == 0 {
			a.msg.note(t.name + ": no encrypted values")
			continue
		}
		a.msg.note(fmt.Sprintf("%s: %d rotated, %d had the first key already", t.name, t.Rotated, t.Kept))
	}
}
