package airflowcfg

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ours = "openmetadata_secrets_manager"

// write puts a file into a fresh directory and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "airflow.cfg")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load reads a file that must be good.
func load(t *testing.T, text string, env map[string]string) *Config {
	t.Helper()
	c, err := Load(Options{Path: write(t, text), Env: lookupIn(env)})
	if err != nil {
		t.Fatalf("Load of %q: %v", text, err)
	}
	return c
}

func TestLoadNamedFile(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		want       Kind
	}{
		{"missing", filepath.Join(dir, "nope"), KindMissing},
		{"directory", dir, KindUnreadable},
		{"symlink loop", loop, KindUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(Options{Path: tt.path})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != tt.want || e.Path != tt.path {
				t.Errorf("Load(%q) gives %#v, want kind %q", tt.path, err, tt.want)
			}
		})
	}
}

func TestLoadDiscoveredFile(t *testing.T) {
	path := write(t, "[core]\n")
	dir := filepath.Dir(path)
	tests := []struct {
		name  string
		env   map[string]string
		found bool
		want  string // part of the only warning
	}{
		{"there", map[string]string{"AIRFLOW_HOME": dir}, true, ""},
		{"home without a file", map[string]string{"AIRFLOW_HOME": dir + "/x"}, false, ""},
		{"file switched off", map[string]string{"AIRFLOW_HOME": dir, "AIRFLOW_CONFIG": ""}, false, ""},
		{"named and missing", map[string]string{"AIRFLOW_CONFIG": dir + "/x"}, false, "AIRFLOW_CONFIG names"},
		{"directory", map[string]string{"AIRFLOW_CONFIG": dir}, false, "is a directory; going on without it"},
		{"below a file", map[string]string{"AIRFLOW_CONFIG": path + "/x"}, false, "not a directory; going on without it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load(Options{Env: lookupIn(tt.env)})
			if err != nil {
				t.Fatalf("Load with %q: %v", tt.env, err)
			}
			if c.Found() != tt.found {
				t.Errorf("Load with %q: Found() = %v, want %v", tt.env, c.Found(), tt.found)
			}
			got := strings.Join(c.Warnings(), "|")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("Load with %q: Warnings() = %q, want one with %q", tt.env, got, tt.want)
			}
		})
	}
}

func TestSource(t *testing.T) {
	c := load(t, "[DEFAULT]\nd = 0\n["+ours+"]\n# c\na = 1\n  2\nb = x%\n", map[string]string{"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__C": "3"})
	for option, want := range map[string]string{"a": c.Path() + ":5", "b": c.Path() + ":7", "d": c.Path() + ":2", "c": "variable AIRFLOW__OPENMETADATA_SECRETS_MANAGER__C"} {
		if got, ok, _ := c.Get(ours, option); got.Source != want || !ok {
			t.Errorf("Get(%q) = %+v, %v, want source %q", option, got, ok, want)
		}
	}
	for _, nothing := range []key{{ours, "e"}, {"core", "d"}, {"", "d"}} {
		if got, ok, err := c.Get(nothing.section, nothing.name); got != (Value{}) || ok || err != nil {
			t.Errorf("Get(%q) = %+v, %v, %v, want nothing", nothing, got, ok, err)
		}
	}
}

func TestOverridden(t *testing.T) {
	text := "[" + ours + "]\na = $X\nb = 5%\nc = 1\n"
	c := load(t, text, map[string]string{
		"X": "x", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__A": "", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__B": "1", "AIRFLOW__OPENMETADATA_SECRETS_MANAGER__D": "1",
	})
	tests := []struct {
		option string
		want   Value
		ok     bool
	}{
		{"a", Value{"x", c.Path() + ":2"}, true},
		{"A", Value{"x", c.Path() + ":2"}, true},
		{"b", Value{"", c.Path() + ":3"}, true},
		{"c", Value{}, false}, // nothing hides it
		{"d", Value{}, false}, // nothing to hide
	}
	for _, tt := range tests {
		if got, ok := c.Overridden(ours, tt.option); got != tt.want || ok != tt.ok {
			t.Errorf("Overridden(%q) = %+v, %v, want %+v, %v", tt.option, got, ok, tt.want, tt.ok)
		}
	}
}

func TestIndirect(t *testing.T) {
	c := load(t, "[core]\nfernet_key_cmd = S3NTINEL\nx = 1\n", map[string]string{"AIRFLOW__CORE__SECRET_KEY_SECRET": "S3NTINEL"})
	for option, want := range map[string]string{"fernet_key": c.Path() + ":2", "secret_key": "variable AIRFLOW__CORE__SECRET_KEY_SECRET", "x": ""} {
		if got, ok := c.Indirect("core", option); got != want || ok != (want != "") {
			t.Errorf("Indirect(%q) = %q, %v, want %q", option, got, ok, want)
		}
	}
}

func TestSections(t *testing.T) {
	c := load(t, "[b]\n[DEFAULT]\n[a:x]\n[ c ]\n", nil)
	if diff := cmp.Diff([]string{"b", "a:x", " c "}, c.Sections()); diff != "" {
		t.Errorf("Sections() differs (-want +got):\n%s", diff)
	}
}

func TestVariable(t *testing.T) {
	if got, want := Variable("a.b-c", "d.e-f"), "AIRFLOW__A_B-C__D.E-F"; got != want {
		t.Errorf("Variable = %q, want %q", got, want)
	}
}

// TestUnitTestMode pins a difference: Airflow reads a file of its own then.
func TestUnitTestMode(t *testing.T) {
	c := load(t, "[openmetadata_secrets_manager]\na = 1\n", map[string]string{"AIRFLOW__CORE__UNIT_TEST_MODE": "True"})
	if v, ok, err := c.Get(ours, "a"); v.Text != "1" || !ok || err != nil {
		t.Errorf("Get = %q, %t, %v, want the file's value", v.Text, ok, err)
	}
}
