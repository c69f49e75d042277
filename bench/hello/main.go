// Hello is the least that a Go program can do: what a start costs before a
// program of ours has done anything.
package main

import "os"

func main() {
	_, _ = os.Stdout.WriteString("hello\n")
}
