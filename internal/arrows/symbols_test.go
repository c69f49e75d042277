package arrows_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bannedSymbols must not be in the program. cobra imports text/template and is
// written so that the linker can drop it when no template is set; once something
// calls a template's Execute, the linker keeps every exported method of every
// type (reflection may call it), and the program doubles.
var bannedSymbols = []string{
	"text/template.(*Template).Execute",
	"text/template.(*Template).execute",
	"text/template.(*state).",
	"html/template.",
	"google.golang.org/grpc.",
	"k8s.io/client-go/kubernetes.",
}

func TestSymbolsOfTheProgram(t *testing.T) {
	symbols := symbolsOf(t, "./cmd/om-secret-exec")
	if !strings.Contains(symbols, " main.main\n") {
		t.Fatal("the symbol table has no main.main: this test would see nothing")
	}
	for line := range strings.Lines(symbols) {
		for _, banned := range bannedSymbols {
			if strings.Contains(line, " "+banned) {
				t.Errorf("the program contains %s", strings.TrimSpace(line))
			}
		}
	}
}

// symbolsOf builds a program of the module, symbols included, and returns what
// `go tool nm` says of it.
func symbolsOf(t *testing.T, program string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-o", binary, program)
	build.Dir = filepath.Join("..", "..")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", program, err, out)
	}
	nm := exec.Command("go", "tool", "nm", binary)
	var stderr bytes.Buffer
	nm.Stderr = &stderr
	out, err := nm.Output()
	if err != nil {
		t.Fatalf("reading the symbols: %v\n%s", err, stderr.Bytes())
	}
	return string(out)
}
