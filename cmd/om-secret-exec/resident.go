package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// attend runs the command as a child and stays until it ends, because somebody
// has to remove the document then. The child gets our signals; its end is ours.
func (a *app) attend(ctx context.Context, s *successor, release func()) (code int, err error) {
	defer func() {
		if err := s.document.Remove(); err != nil {
			a.msg.warn("the resolved document could not be removed: " + err.Error())
		}
	}()
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, forwarded()...)
	release()
	if caught(ctx) != 0 {
		return 0, context.Cause(ctx)
	}
	pid, err := syscall.ForkExec(s.program, s.argv, &syscall.ProcAttr{Env: s.env, Files: []uintptr{0, 1, 2}}) //nolint:gosec // it is what we are for
	if err != nil {
		return 0, cannotRun(s.program, err)
	}
	child, err := os.FindProcess(pid)
	if err != nil {
		return 0, err
	}
	ended := make(chan *os.ProcessState, 1)
	go func() {
		state, _ := child.Wait() // nobody else waits for it
		ended <- state
	}()
	for {
		select {
		case state := <-ended:
			return exitCodeOf(state), nil
		case sig := <-signals:
			if sig, ok := sig.(syscall.Signal); ok {
				pass(sig, child)
			}
		}
	}
}

// exitCodeOf is a child's exit code as shells give it.
func exitCodeOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return state.ExitCode()
}

// forwarded are the signals that a child gets from us: all that can be caught
// but a few. Those that are ignored, as SIGHUP under nohup, it ignores as well.
func forwarded() []os.Signal {
	var list []os.Signal
	const last = 64
	for sig := syscall.Signal(1); sig <= last; sig++ {
		switch sig {
		case syscall.SIGKILL, syscall.SIGSTOP: // nobody can
		case syscall.SIGURG: // Go's runtime sends it to itself
		case syscall.SIGCHLD, syscall.SIGPIPE: // about us and not about the child
		case syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
			// A terminal stops the whole group, and the shell that waits for us
			// must see us stop: Go could not do that any more once it has caught one.
		default:
			if !signal.Ignored(sig) {
				list = append(list, sig)
			}
		}
	}
	return list
}

// pass hands a signal on to the child, unless the terminal has sent it: a
// terminal sends to the whole foreground group, in which the child is as well.
// Go does not tell who sent a signal, so that one of the terminal's kind that
// somebody else sends at such a time is not handed on either.
func pass(sig syscall.Signal, child *os.Process) {
	if sig == syscall.SIGINT || sig == syscall.SIGQUIT || sig == syscall.SIGWINCH {
		if group, ok := foreground(); ok && group == syscall.Getpgrp() {
			return
		}
	}
	_ = child.Signal(sig) // it may have ended just now
}

// foreground is the foreground process group of our terminal, if we have one.
func foreground() (group int, ok bool) {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return 0, false
	}
	defer tty.Close() //nolint:errcheck // only asked
	group, err = foregroundOf(tty)
	return group, err == nil
}

func foregroundOf(tty *os.File) (group int, err error) {
	raw, err := tty.SyscallConn()
	if err != nil {
		return 0, err
	}
	asked := raw.Control(func(fd uintptr) { group, err = unix.IoctlGetInt(int(fd), unix.TIOCGPGRP) })
	return group, errors.Join(asked, err)
}
