package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"om-secret-exec/internal/providers"
)

// input is a document as it was read.
type input struct {
	name string // as messages call it
	data []byte
	raw  bool // OpenMetadata does not expand $NAME in it
	file fs.FileInfo
}

// maxDocument bounds what is read: the largest workflows known are some 100 KB.
const maxDocument = 64 << 20 // 64 MiB

// read reads the document that args name: a file, or standard input for "-" or
// nothing. A signal ends it also while standard input has nothing to give.
func (j *job) read(ctx context.Context, args []string) error {
	type answer struct {
		in  input
		err error
	}
	done := make(chan answer, 1)
	go func() { // reading a file or checking arguments cannot panic on input
		in, err := j.app.readInput(args)
		done <- answer{in, err}
	}()
	select {
	case got := <-done:
		// The time-out is for what we do, not for whoever writes our input.
		j.in, j.start = got.in, time.Now()
		return got.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (a *app) readInput(args []string) (input, error) {
	if len(args) > 0 && args[0] != "-" {
		return readFile(args[0])
	}
	const hint = "name a file, or give the document on standard input by a pipe"
	if err := a.checkStdin(len(args) > 0, hint); err != nil {
		return input{}, err
	}
	return readOpen("<stdin>", a.stdin)
}

func readFile(path string) (input, error) {
	f, err := os.Open(path)
	if err != nil {
		return input{}, inputError(path, err)
	}
	defer f.Close() //nolint:errcheck // only read from
	return readOpen(path, f)
}

func readOpen(name string, f *os.File) (input, error) {
	in := input{name: name}
	var err error
	if in.file, err = f.Stat(); err == nil {
		in.data, err = readAll(f)
	}
	return in, inputError(name, err)
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if len(data) > maxDocument {
		return nil, fmt.Errorf("larger than %d MiB", maxDocument>>20)
	}
	return data, err
}

func inputError(name string, err error) error {
	if err == nil {
		return nil
	}
	err = bare(err)
	hint := ""
	if errors.Is(err, fs.ErrPermission) {
		hint = "run as a user who may read it, or change its mode"
	}
	return &failedError{failures: []failure{{where: name, err: &providers.Error{
		Code: providers.Document, Message: "reading: " + err.Error(), Hint: hint,
	}}}}
}

// bare takes the path off an error of package os, where a message names it anyway.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkStdin refuses a standard input that no document can come from; explicit
// says that it was asked for, not that a FILE is missing. A socket
// is refused because in an Airflow 3 task descriptor 0 is the connection to the
// task's supervisor: reading it would steal its messages.
func (a *app) checkStdin(explicit bool, hint string) error {
	info, err := a.stdin.Stat()
	if err != nil {
		return usagef(hint, "standard input is closed")
	}
	switch mode := info.Mode(); {
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	case mode&fs.ModeSocket != 0:
		return usagef(hint, "standard input is a socket, which is not read")
	case mode&fs.ModeCharDevice != 0 && explicit:
		return usagef(hint, "standard input is a terminal or device, which is not read")
	}
	if explicit {
		return usagef(hint, "standard input is not a pipe or file")
	}
	return usagef(hint, "no FILE, and standard input is not a pipe or file")
}
