package delivery

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ErrNoProc means that the process is not to be found in /proc, by which its
// descriptors have paths.
var ErrNoProc = errors.New("/proc is not mounted, or does not show this process")

// current finds out who we are. Without /proc the space stays empty.
func current() owner {
	o := owner{pid: os.Getpid(), start: statStart("/proc/self/stat")}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil || len(boot) < 8 {
		return o
	}
	pids := namespace("pid")
	if pids == "" {
		return o
	}
	// The number of a namespace is one kernel's: the first namespace of every
	// machine has the same, and a directory may be shared between machines.
	o.space = string(boot[:8]) + "-" + pids
	// The start of a process is told by the clock of who asks. Kernels before
	// Linux 5.6, and some after, have one clock for all.
	if clock := namespace("time"); clock != "" {
		o.space += "-" + clock
	}
	return o
}

// namespace is the number of our namespace of one kind, empty if unknown.
func namespace(kind string) string {
	text, err := os.Readlink("/proc/self/ns/" + kind)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(text, kind+":["), "]")
}

// procPID is the number that /proc shows for this process. It is another than
// our pid where /proc belongs to another pid namespace.
func procPID() (int, error) {
	text, err := os.Readlink("/proc/self")
	if err != nil {
		return 0, ErrNoProc
	}
	pid, err := strconv.Atoi(text)
	if err != nil {
		return 0, ErrNoProc
	}
	return pid, nil
}

// startOf says when a process of our own pid namespace started, in ticks since
// boot; empty where /proc does not tell, or counts by another namespace.
func startOf(pid int) string {
	if !ownProc() {
		return ""
	}
	return statStart(fmt.Sprintf("/proc/%d/stat", pid))
}

// ownProc tells whether /proc counts pids as we do: a process has one number in
// each namespace from that of /proc to its own.
func ownProc() bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	_, after, ok := strings.Cut(string(status), "\nNSpid:")
	numbers, _, _ := strings.Cut(after, "\n")
	return ok && len(strings.Fields(numbers)) == 1
}

// statStart is field 22 of a process's stat. The second, its name, is in
// parentheses and may hold anything, also more of those.
func statStart(path string) string {
	stat, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const start = 22 - 3 // the fields after the name begin with the third
	if len(fields) <= start {
		return ""
	}
	return fields[start]
}
