//go:build unix

// Launch runs a command and tells how long it took and how much memory it had
// at most, on the last line of standard error: NANOSECONDS KIBIBYTES.
//
// It exists because a new process inherits the peak memory of the one that
// starts it (Linux counts the memory that was there before exec): started by
// the benchmark itself, which holds a server, every command would look as big
// as that.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	elapsed := time.Since(start)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS == "darwin" { // bytes there, KiB elsewhere
		peak /= 1024
	}
	fmt.Fprintf(os.Stderr, "%d %d\n", elapsed.Nanoseconds(), peak)
}
