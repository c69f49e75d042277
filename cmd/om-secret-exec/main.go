// Command om-secret-exec gives an OpenMetadata ingestion workflow with its
// secret references replaced by their values, before ingestion starts.
package main

import (
	"os"
	"runtime"
)

func main() {
	// The command that exec becomes gets what belongs to the first thread alone,
	// such as the signal for when its parent dies: execve must be called there.
	runtime.LockOSThread()
	os.Exit(run(os.Args[1:]))
}
