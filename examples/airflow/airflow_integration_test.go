//go:build integration

// Package airflow tests the DAGs of this directory on real Airflows.
package airflow

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/testenv"
)

// patience is for one run of an Airflow, on a busy machine.
const patience = 8 * time.Minute

func TestMain(m *testing.M) { testenv.Main(m) }

// What the store holds.
const (
	password = `S3NTINEL-p@ss"w'ord$HOME` // no blank: OpenMetadata would send it as "+"
	token    = "S3NTINEL.of.the.bot"
)

// digests is what a task logs that received both.
func digests() string {
	return fmt.Sprintf("received %x %x", sha256.Sum256([]byte(password)), sha256.Sum256([]byte(token)))
}

// installation is an AIRFLOW_HOME, and the variables of its processes.
type installation struct {
	t                        testing.TB
	name, home, dags, python string
	env                      map[string]string
}

// install makes an installation of an environment's Airflow.
func install(t *testing.T, name string) installation {
	t.Helper()
	root, home := testenv.Root(t), t.TempDir()
	a := installation{t: t, name: name, home: home, dags: filepath.Join(home, "dags"), python: testenv.Python(t, name)}
	binary := testenv.Binary(t)
	programs := []string{filepath.Dir(a.python), filepath.Dir(binary), os.Getenv("PATH")}
	a.env = map[string]string{
		"PATH":                         strings.Join(programs, string(os.PathListSeparator)),
		"HOME":                         home,
		"LANG":                         "C.UTF-8",
		"TMPDIR":                       t.TempDir(),
		"PYTHONPATH":                   filepath.Join(root, "python-shim", "src"),
		"OM_SECRET_EXEC_BINARY":        binary,
		"AIRFLOW_HOME":                 home,
		"AIRFLOW__CORE__DAGS_FOLDER":   a.dags,
		"AIRFLOW__CORE__LOAD_EXAMPLES": "False",
	}
	a.run("-m", "airflow", "db", "migrate")
	return a
}

// with returns the same installation with more variables.
func (a installation) with(env map[string]string) installation {
	all := maps.Clone(a.env)
	maps.Copy(all, env)
	a.env = all
	return a
}

// run runs the installation's Python, which must succeed, and returns what it printed.
func (a installation) run(arguments ...string) string {
	a.t.Helper()
	out, err := a.command(a.python, arguments...)
	if err != nil {
		a.t.Fatalf("%s: %q: %v\n%s", a.name, arguments, err, out)
	}
	return out
}

// command runs a program with the installation's variables and no others.
func (a installation) command(program string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, arguments...)
	cmd.WaitDelay = time.Second
	cmd.Dir = a.home
	for name, value := range a.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// folder makes a directory of DAGs: copies of examples, in which old strings are
// replaced by new ones, as whoever copies them would.
func (a installation) folder(name string, examples []string, oldnew ...string) installation {
	a.t.Helper()
	a.dags = filepath.Join(a.home, name)
	for _, example := range append([]string{"warehouse.yaml"}, examples...) {
		a.write(example, read(a.t, example), oldnew...)
	}
	return a.with(map[string]string{"AIRFLOW__CORE__DAGS_FOLDER": a.dags})
}

func (a installation) write(name, text string, oldnew ...string) {
	a.t.Helper()
	for i := 0; i < len(oldnew); i += 2 {
		text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
	}
	path := filepath.Join(a.dags, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var mark = regexp.MustCompile(`S3NTINEL`)

// clean fails the test if a file of the installation holds a value: logs, and the
// database with rendered fields and XComs.
func (a installation) clean() {
	a.t.Helper()
	databases := 0
	err := filepath.WalkDir(a.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		if filepath.Base(path) == "airflow.db" {
			databases++
		}
		if mark.MatchString(read(a.t, path)) {
			a.t.Errorf("%s: %s holds a value", a.name, path)
		}
		return nil
	})
	if err != nil || databases != 1 {
		a.t.Errorf("%s: looking for values in %d databases: %v", a.name, databases, err)
	}
}
