package airflowcfg

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"gopkg.in/ini.v1"
)

// table is what a file says: ini.v1 holds names and values exactly as our
// scanner found them, and the lines are kept beside it. Only methods of ini.v1
// that give back what was put in are used: its own parser and its typed getters
// follow other rules.
type table struct {
	path  string
	file  *ini.File
	lines map[key]int
	order []string
}

// parse reads the content of a file. Errors are of type [*Error].
func parse(path string, data []byte) (*table, error) {
	if !utf8.Valid(data) {
		return nil, undecodable(path, data, validPrefix(data))
	}
	s, err := scan(path, string(data))
	if err != nil {
		return nil, err
	}
	t := &table{
		path: path,
		// No section is another one's child: a header cannot hold a line end.
		file:  ini.Empty(ini.LoadOptions{ChildSectionDelimiter: "\n"}),
		lines: s.lines,
		order: s.order,
	}
	for _, name := range s.order {
		if _, err := t.file.NewSection(name); err != nil {
			return nil, fmt.Errorf("keeping a section: %w", err)
		}
	}
	for _, o := range s.options {
		if _, err := t.file.Section(o.section).NewKey(o.name, o.text()); err != nil {
			return nil, fmt.Errorf("keeping an option: %w", err)
		}
	}
	return t, nil
}

// lookup gives an option's raw value and where it is. A section inherits from
// DEFAULT, and only a section whose header is there does.
func (t *table) lookup(section, name string) (raw string, at origin, ok bool) {
	// ini.v1 takes an empty name for DEFAULT.
	if section == "" || !t.file.HasSection(section) {
		return "", origin{}, false
	}
	for _, in := range []string{section, defaultSection} {
		if k, err := t.file.Section(in).GetKey(name); err == nil {
			return k.Value(), origin{path: t.path, line: t.lines[key{in, name}]}, true
		}
	}
	return "", origin{}, false
}

func (t *table) sections() []string { return slices.Clone(t.order) }
