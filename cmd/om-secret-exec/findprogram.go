package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// defaultPath is where execvp looks when PATH is not set.
const defaultPath = "/bin:/usr/bin"

// findProgram finds a command as execvp and shells do, its errors with the exit
// codes that shells have for them. exec.LookPath would refuse the current
// directory in PATH, which is not ours to judge.
func findProgram(name string, env func(string) (string, bool)) (string, error) {
	if name == "" {
		return "", notThere(name, "write the command after --")
	}
	if strings.Contains(name, "/") {
		switch err := executable(name); {
		case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
			return "", notThere(name, "")
		case err != nil:
			return "", cannotRun(name, err)
		}
		return name, nil
	}
	path, ok := env("PATH")
	if !ok {
		path = defaultPath
	}
	var refused error
	for dir := range strings.SplitSeq(path, ":") {
		if dir == "" {
			dir = "."
		}
		file := filepath.Join(dir, name)
		if !strings.Contains(file, "/") {
			file = "./" + file
		}
		switch err := executable(file); {
		case err == nil:
			return file, nil
		case refused == nil && !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.ENOTDIR):
			refused = cannotRun(file, err)
		}
	}
	if refused != nil {
		return "", refused
	}
	return "", notThere(name, "it is not in PATH: name it by its path, or look at the spelling")
}

// executable tells why a file cannot be run, as far as that can be told without
// running it.
func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return bare(err)
	case info.IsDir():
		return syscall.EISDIR
	case !info.Mode().IsRegular():
		return syscall.EACCES
	}
	return unix.Access(path, unix.X_OK)
}

func notThere(name, hint string) error {
	return &codedError{err: fmt.Errorf("there is no command %q", name), hint: hint, code: exitNotThere}
}

func cannotRun(name string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		hint = "make it executable, and its file system not noexec"
	case errors.Is(err, syscall.ENOEXEC):
		hint = "a script needs a first line such as #!/bin/sh; a program must be one for this machine"
	case errors.Is(err, syscall.ENOENT):
		hint = "the interpreter that it names, or its loader, is not there"
	case errors.Is(err, syscall.E2BIG):
		hint = "arguments and variables are too much for the kernel together"
	}
	return &codedError{err: fmt.Errorf("the command %q cannot be run: %w", name, err), hint: hint, code: exitCannotRun}
}
