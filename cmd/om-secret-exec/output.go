package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"om-secret-exec/internal/delivery"
	"om-secret-exec/internal/providers"
)

// checkOutput refuses an --out that cannot be written, before any store is
// asked.
func checkOutput(path string) error {
	if path == "" {
		return usagef("leave --out away to write to standard output", "--out names no file")
	}
	return outputError(path, delivery.Check(path))
}

// errInput refuses to replace the workflow by its resolved form.
var errInput = errors.New("is the workflow itself")

// checkNotInput refuses an --out that is the file which the document was read
// from, by name or as standard input.
func checkNotInput(path string, in input) error {
	out, err := os.Stat(path)
	if err == nil && os.SameFile(in.file, out) {
		return outputError(path, errInput)
	}
	return nil // it is another file, or not there yet
}

// write gives the document to where it was asked for, standard output if path
// is empty.
func (a *app) write(path string, data []byte) error {
	name, err := path, error(nil)
	if path == "" {
		a.output.state.Store(writing)
		name = standardOutput
		_, err = a.stdout.Write(data)
	} else {
		err = delivery.WriteFile(path, data)
	}
	if err == nil {
		a.output.state.Store(written)
	}
	return outputError(name, err)
}

// standardOutput is its name in messages.
const standardOutput = "standard output"

func outputError(name string, err error) error {
	if err == nil {
		return nil
	}
	err = bare(err)
	return failed(&providers.Error{
		Code:    providers.Output,
		Message: fmt.Sprintf("writing %s: %v", name, err),
		Hint:    outputHint(name, err),
	})
}

func outputHint(name string, err error) string {
	readOnly := errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EROFS)
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
	switch {
	case errors.Is(err, delivery.ErrSymlink):
		return "name the file itself: a link would let whoever can place it choose where the secrets go"
	case errors.Is(err, errInput):
		return "choose another name: the references would be lost"
	case errors.Is(err, delivery.ErrNotRegular):
		return "leave --out away to write to standard output"
	case errors.Is(err, fs.ErrNotExist):
		return "make the directory first; om-secret-exec creates none"
	case readOnly && name != standardOutput:
		return "choose a directory that this user can write in"
	case noDescriptors(err):
		return descriptorsHint
	case errors.Is(err, syscall.EPIPE):
		return "the reader of our output ended early; look at its own messages"
	case full && name == standardOutput:
		return "make room where standard output goes"
	case full:
		return "make room, or choose another place with --out"
	}
	return ""
}

const descriptorsHint = "raise the limit on open files: ulimit -n for a process, fs.file-max for the system"

// noDescriptors tells whether there were too many open files.
func noDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
