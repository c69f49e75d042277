package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/aws"
	"om-secret-exec/internal/providers/azurekv"
	"om-secret-exec/internal/providers/file"
	"om-secret-exec/internal/providers/gcp"
	"om-secret-exec/internal/providers/kubernetes"
	"om-secret-exec/internal/providers/openbao"
	"om-secret-exec/internal/settings"
)

const readme = "../../README.md"

// TestGeneratedTables holds the documentation's tables to the code that they
// describe.
func TestGeneratedTables(t *testing.T) {
	t.Parallel()
	pages := map[string]map[string]string{
		readme: {"options": optionsTable(), "exit codes": exitTable(), "document flags": documentTable()},
		"../../docs/providers.md": {
			"aws keys": keysTable(aws.SecretsManager()), "azure keys": keysTable(azurekv.Kind()), "gcp keys": keysTable(gcp.Kind()),
			"kubernetes keys": keysTable(kubernetes.Kind()), "openbao keys": keysTable(openbao.Kind()), "file keys": keysTable(file.Kind()),
		},
	}
	for page, tables := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for name, table := range tables {
			text = generated(t, text, name, table)
		}
		switch {
		case text == string(data):
		case !*update:
			t.Errorf("%s is not what the code says: run go test ./cmd/... -update", page)
		default:
			if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func keysTable(kind providers.Kind) string {
	var b strings.Builder
	b.WriteString("| setting | variables | meaning |\n|---|---|---|\n")
	for _, k := range kind.Keys {
		text := k.Text
		if k.Default != "" {
			text += " (" + k.Default + ")"
		}
		if k.Secret {
			text += "; masked"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", k.Name, strings.Join(k.Vars, "`, `"), text)
	}
	return b.String()
}

// generated puts table between the two marks of a name.
func generated(t *testing.T, text, name, table string) string {
	t.Helper()
	marks := regexp.MustCompile(`(?s)(<!-- ` + name + `: [^>]*-->\n).*?(<!-- /` + name + ` -->)`)
	if !marks.MatchString(text) {
		t.Fatalf("no marks for the table %q", name)
	}
	return marks.ReplaceAllString(text, "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
}

func optionsTable() string {
	var b strings.Builder
	b.WriteString("| flag | variable | meaning (default) |\n|---|---|---|\n")
	for _, o := range settings.Options() {
		flag, text := "", o.Text
		if o.Flag != "" {
			flag = "`--" + o.Flag + "`"
		}
		if o.Default != "" {
			text += " (" + o.Default + ")"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", flag, o.Variable, text)
	}
	return b.String()
}

func documentTable() string {
	var b strings.Builder
	b.WriteString("| flag | values, the default first | meaning |\n|---|---|---|\n")
	for _, c := range (&options{}).documentChoices() {
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s |\n", c.name, strings.Join(c.words, "`, `"), c.text)
	}
	b.WriteString("| `--trim-trailing-newline` | | drop line breaks at the end of values |\n")
	b.WriteString("| `--out OUT` | | write to a file, mode 0600, whole or not at all |\n")
	b.WriteString("| `--verbose`, `--quiet` | | say what is done; say nothing but errors |\n")
	b.WriteString("| `--messages` | `text`, `json` | how to say it: lines for people, or one JSON object a line |\n")
	return b.String()
}

func exitTable() string {
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	for _, c := range exitCodes() {
		fmt.Fprintf(&b, "| %s | %s |\n", c.Code, c.Text)
	}
	return b.String()
}

// fence matches a fenced block that is a file (```yaml NAME) or a session
// (```console).
var fence = regexp.MustCompile("(?ms)^```(yaml (\\S+)|console)\n(.*?)^```$")

// TestReadmeSessions runs the README: it writes the files that the page shows,
// types what the page types, and compares what comes back.
func TestReadmeSessions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "om-secret-exec")); err != nil {
		t.Fatal(err)
	}
	var script, want strings.Builder
	for _, block := range fence.FindAllStringSubmatch(string(data), -1) {
		if name := block[2]; name != "" {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(block[3]), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want.WriteString(block[3])
		for line := range strings.Lines(block[3]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				fmt.Fprintf(&script, "cat <<'END'\n%sEND\n%s", line, command)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = []string{asProgram + "=1", "PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir}
	got, err := cmd.CombinedOutput()
	if err != nil {
		t.Log(err) // the last command's code; the text is what counts
	}
	if string(got) != want.String() {
		t.Errorf("README.md shows\n%s\nbut it is\n%s", want.String(), got)
	}
}
