// Command om-secret-exec gives an OpenMetadata ingestion workflow with its
// secret references replaced by their values, before ingestion starts.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:]))
}
