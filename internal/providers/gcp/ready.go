package gcp

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"om-secret-exec/internal/providers"
)

// ready finds what would make x/oauth2 fail on this machine, with an error that
// cannot be told from others.
func (l *login) ready() *providers.Error {
	first := l.cred.first()
	if first.Type != typeExternal {
		return nil
	}
	source := first.CredentialSource
	if source.File != "" {
		if f, err := os.Open(source.File); err != nil {
			return l.fill(&providers.Error{
				Code: providers.Config, Message: "reading the token of the workload identity: " + err.Error(),
				Hint: "mount the token there, or make the credentials file name where it is",
			}, "")
		} else if err := f.Close(); err != nil {
			return nil
		}
	}
	if allowed, _ := l.env(variableExecutables); source.Executable != nil && allowed != "1" {
		return l.fill(&providers.Error{
			Code: providers.Config, Message: "the credentials file runs a program, which is not allowed",
			Hint: "set " + variableExecutables + "=1, if you trust the file",
		}, "")
	}
	if source.Executable != nil {
		return l.program(source.Executable.Command)
	}
	return nil
}

// program finds out whether the program can be run at all, for the library's
// error of one that cannot is no more than a text.
func (l *login) program(command string) *providers.Error {
	words := strings.Fields(command)
	if len(words) == 0 {
		return l.fill(&providers.Error{
			Code: providers.Config, Message: "the credentials file names no program to run",
			Hint: "create the file again with gcloud iam workload-identity-pools create-cred-config",
		}, "")
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return l.fill(&providers.Error{
			Code: providers.Config, Message: fmt.Sprintf("the program %q of the credentials file cannot be run", words[0]),
			Hint: "install it, make it executable, or make the file name where it is",
		}, "")
	}
	return nil
}
