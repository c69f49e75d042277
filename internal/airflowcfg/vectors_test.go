package airflowcfg

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// vector is a hand-made case with the answers of real Airflows, written by
// testdata/generate.py. "{tmp}" stands for the directory with the files.
type vector struct {
	Name     string            `json:"name"`
	Files    map[string][]byte `json:"files"` // null is a directory
	Env      map[string]string `json:"env"`
	Section  string            `json:"section"`
	Option   string            `json:"option"`
	Method   string            `json:"method"`
	Hangs    bool              `json:"hangs"`
	Airflow2 answer            `json:"airflow2"`
	Airflow3 answer            `json:"airflow3"`
}

// answer is a value as text, no value, or the name of an exception.
type answer struct {
	Value  string `json:"value"`
	Absent bool   `json:"absent"`
	Error  string `json:"error"`
}

// want is what both Airflows say. Where one of them gives a value and the other
// an error, we give the value: Airflow 3 reads 5.0 as an integer.
func (v vector) want() answer {
	if v.Airflow3.Error != "" {
		return v.Airflow2
	}
	return v.Airflow3
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func TestVectors(t *testing.T) {
	vectors := readVectors(t)
	if len(vectors) < 200 {
		t.Errorf("there are %d vectors, want at least 200", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			if got := replay(t, v); got != v.want() {
				t.Errorf("%s(%q, %q) = %+v, want %+v; files %q, env %q", v.Method, v.Section, v.Option, got, v.want(), v.Files, v.Env)
			}
		})
	}
}

// replay asks us what the vector asked Airflow.
func replay(t *testing.T, v vector) answer {
	t.Helper()
	dir := t.TempDir()
	for name, data := range v.Files {
		path := filepath.Join(dir, name)
		if data == nil {
			path = filepath.Join(path, "x")
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if data == nil {
			continue
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	env := make(map[string]string, len(v.Env))
	for name, value := range v.Env {
		env[name] = strings.ReplaceAll(value, "{tmp}", dir)
	}
	text, ok, err := ask(v, Options{Env: lookupIn(env), HomeDir: lookupIn(map[string]string{"root": "/root"})})
	switch {
	case err != nil:
		return answer{Error: exception(t, err)}
	case !ok:
		return answer{Absent: true}
	}
	return answer{Value: strings.ReplaceAll(text, dir, "{tmp}")}
}

func ask(v vector, o Options) (string, bool, error) {
	c, err := Load(o)
	if err != nil {
		return "", false, err
	}
	switch v.Method {
	case "path":
		return c.Path(), true, nil
	case "getboolean":
		value, ok, err := c.GetBool(v.Section, v.Option)
		return strconv.FormatBool(value), ok, err
	case "getint":
		value, ok, err := c.GetInt(v.Section, v.Option)
		return strconv.FormatInt(value, 10), ok, err
	default:
		value, ok, err := c.Get(v.Section, v.Option)
		return value.Text, ok, err
	}
}
