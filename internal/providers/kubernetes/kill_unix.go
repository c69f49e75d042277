//go:build unix

package kubernetes

import (
	"os/exec"
	"syscall"
)

// killAll makes the end of the command's context end what the command started,
// too: a plugin is often a shell script around the program that hangs.
func killAll(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
