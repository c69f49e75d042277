//go:build !unix

package kubernetes

import "os/exec"

// killAll leaves the command as it is: the end of its context ends the program
// alone.
func killAll(*exec.Cmd) {}
