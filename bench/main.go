// Bench measures what om-secret-exec promises: how it starts beside a program
// that does nothing, how it reads secrets beside a program that makes the same
// calls by hand, its memory and its size. It prints a table, and exits with
// status 1 when a limit is broken.
//
// The limits are ratios of medians, measured by turns in one run, because
// milliseconds say more about the machine than about the program.
//
//	go run ./bench -binary build/om-secret-exec [-rounds 15]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The limits. Raising one is a decision that belongs in the changelog.
const (
	startLimit  = 6.0  // times hello, world
	lookupLimit = 1.25 // times the floor program
	memoryLimit = 26.0 // MiB; see docs/design.md
	sizeLimit   = 22.0 // MB
)

// quiet is how far a floor program's median may be above its best before the
// ratios say more about the machine than about the program.
const quiet = 1.3

func main() {
	binary := flag.String("binary", "build/om-secret-exec", "the program to measure, as it is released")
	rounds := flag.Int("rounds", 15, "how many runs each median is of")
	flag.Parse()
	broken, err := bench(*binary, *rounds)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(2)
	}
	if broken > 0 {
		fmt.Fprintf(os.Stderr, "bench: %d limits broken\n", broken)
		os.Exit(1)
	}
}

func bench(binary string, rounds int) (broken int, err error) {
	binary, err = filepath.Abs(binary)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "om-secret-exec-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"hello", "floor", "launch"} {
		if err := build(dir, name); err != nil {
			return 0, err
		}
	}
	l := launcher(filepath.Join(dir, "launch"))
	var t table
	t.header()
	if err := t.start(l, binary, filepath.Join(dir, "hello"), 3*rounds); err != nil {
		return 0, err
	}
	if err := t.lookups(l, binary, dir, rounds); err != nil {
		return 0, err
	}
	if t.noise > quiet {
		fmt.Fprintf(os.Stderr, "bench: warning: the machine is busy: a floor program took %.1f times its best; measure again\n", t.noise)
	}
	return t.broken, t.size(binary)
}

// build builds a program of this folder as the real one is built.
func build(dir, name string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, name), "om-secret-exec/bench/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return nil
}

// workflow writes a document with n references, and returns their ids.
func workflow(path, provider string, n int) ([]string, error) {
	var doc strings.Builder
	doc.WriteString("source:\n  type: snowflake\n  serviceName: bench\n  serviceConnection:\n    config:\n      type: Snowflake\n")
	ids := make([]string, 0, n)
	for i := range n {
		id := fmt.Sprintf("/bench/secret-%03d", i)
		ids = append(ids, id)
		fmt.Fprintf(&doc, "      option%d: secret:%s\n", i, id)
	}
	doc.WriteString("workflowConfig:\n  openMetadataServerConfig:\n    hostPort: http://localhost:8585/api\n")
	fmt.Fprintf(&doc, "    secretsManagerProvider: %s\n    secretsManagerLoader: env\n", provider)
	return ids, os.WriteFile(path, []byte(doc.String()), 0o600)
}
