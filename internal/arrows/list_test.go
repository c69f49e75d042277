package arrows_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "om-secret-exec"

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string // of the package itself, without its tests
	Deps       []string // all of those, and theirs
}

func (p listed) ours() bool { return strings.HasPrefix(p.ImportPath, module+"/") }

func (p listed) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// listing returns every package of the module and everything they depend on,
// by import path.
func listing(t *testing.T) map[string]listed {
	t.Helper()
	packages, err := list()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	return packages
}

var list = sync.OnceValues(func() (map[string]listed, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(stderr.String())
	}
	packages := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages[pkg.ImportPath] = pkg
	}
})

// lookUp finds a package's line in the table of arrows.
func lookUp(name string) (may []string, known bool) {
	if may, known = allowed[name]; known {
		return may, true
	}
	for pattern, may := range allowed {
		if strings.HasSuffix(pattern, "/*") && matches(pattern, name) {
			return may, true
		}
	}
	return nil, false
}

// matches tells whether a pattern of the table, such as internal/*, names a
// package.
func matches(pattern, name string) bool {
	if prefix, below := strings.CutSuffix(pattern, "*"); below {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

// bans tells whether a banned prefix names an import path. The prefix "." bans
// everything outside the standard library: only that has paths without a dot in
// the first element (vendored parts of it count as its own).
func bans(prefix, path string) bool {
	if prefix == "." {
		first, _, _ := strings.Cut(path, "/")
		return strings.Contains(first, ".") || first == module
	}
	return strings.HasPrefix(path, prefix)
}

// chain returns the shortest chain of imports from one package to another, so
// that a failure names the import to blame.
func chain(packages map[string]listed, from, to string) string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to {
			break
		}
		for _, next := range packages[queue[0]].Imports {
			if _, seen := before[next]; !seen {
				before[next] = queue[0]
				queue = append(queue, next)
			}
		}
	}
	var path []string
	for at := to; at != ""; at = before[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return strings.Join(path, " -> ")
}
