package settings_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

// dump writes an outcome as lines that a person can compare: settings that were
// found, then warnings, notes and errors.
func dump(eff *settings.Effective, err error) string {
	var b strings.Builder
	store := func(prefix string, s *settings.StoreSettings) {
		for _, e := range s.Entries {
			switch {
			case e.Set:
				fmt.Fprintf(&b, "%s%s=%s <- %s", prefix, e.Key.Name, e.Value, e.Source)
			case len(e.Overrides) > 0:
				fmt.Fprintf(&b, "%s%s unset", prefix, e.Key.Name)
			default:
				continue
			}
			if len(e.Overrides) > 0 {
				fmt.Fprintf(&b, " over %s", strings.Join(e.Overrides, ", "))
			}
			b.WriteString("\n")
		}
	}
	if eff.Main != nil && err == nil {
		store("", eff.Main)
	}
	for _, name := range slices.Sorted(mapKeys(eff.Named)) {
		store(name+"/", eff.Named[name])
	}
	for _, line := range eff.Warnings {
		b.WriteString("warning: " + line + "\n")
	}
	for _, line := range eff.Notes {
		b.WriteString("note: " + line + "\n")
	}
	for _, e := range flatten(err) {
		fmt.Fprintf(&b, "error: %v\n", e)
		if e.Hint != "" {
			fmt.Fprintf(&b, "hint: %s\n", e.Hint)
		}
	}
	return b.String()
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func flatten(err error) []*providers.Error {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*providers.Error
		for _, one := range many.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	var e *providers.Error
	if errors.As(err, &e) {
		return []*providers.Error{e}
	}
	return []*providers.Error{{Code: "NOT A PROVIDERS ERROR", Message: err.Error()}}
}

// row is a test of the outcome as a whole; want is compared line by line.
type row struct {
	name string
	in   world
	want string
}

func (r row) run(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		t.Parallel()
		_, got := r.in.resolve(t)
		if diff := cmp.Diff(lines(r.want), lines(got), cmp.Comparer(alike)); diff != "" {
			t.Errorf("outcome (-want +got):\n%s", diff)
		}
		for _, line := range lines(got) {
			message := strings.HasPrefix(line, "warning: ") || strings.HasPrefix(line, "note: ") ||
				strings.HasPrefix(line, "error: ") || strings.HasPrefix(line, "hint: ")
			if message && strings.Contains(line, sentinel) {
				t.Errorf("a message holds a value: %s", line)
			}
		}
	})
}

// alike compares lines; dots in one stand for words that airflowcfg chooses.
func alike(a, b string) bool {
	for _, s := range [][2]string{{a, b}, {b, a}} {
		if head, tail, ok := strings.Cut(s[0], "..."); ok {
			return strings.HasPrefix(s[1], head) && strings.HasSuffix(s[1], tail)
		}
	}
	return a == b
}

// lines drops indentation and empty lines, so that tables read well.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// section makes an airflow.cfg with one section; its first option is on line 2.
func section(options ...string) string {
	return "[openmetadata_secrets_manager]\n" + strings.Join(options, "\n") + "\n"
}
