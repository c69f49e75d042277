package airflowcfg

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaultSection holds options that every other section inherits. Its name is
// case-sensitive, and it alone may be repeated.
const defaultSection = "DEFAULT"

// option is one option of the file: the section it is in, the line it starts
// at, and its value's lines.
type option struct {
	section, name string
	line          int
	value         []string
}

// text is the value as configparser has it: blank ends go, a blank first line
// stays.
func (o *option) text() string {
	return strings.TrimRightFunc(strings.Join(o.value, "\n"), isSpace)
}

// key names an option in a section.
type key struct{ section, name string }

// scanner follows CPython's configparser line by line, with the settings that
// Airflow uses: strict, no inline comments, blank lines inside values.
type scanner struct {
	path     string
	line     int
	options  []*option
	sections map[string]int // the line of each header, DEFAULT's aside
	order    []string       // the sections, without DEFAULT
	lines    map[key]int    // the line of each option

	section string  // the current section; "" before the first header
	current *option // takes continuation lines; nil when there is none
	indent  int     // of the last line that was not a continuation
	bad     []*Error
}

// scan reads decoded text. Duplicates and text before the first header end it
// at once; other lines that mean nothing are reported when all has been read,
// because configparser lets a later duplicate win over them.
func scan(path, text string) (*scanner, error) {
	s := &scanner{path: path, sections: map[string]int{}, lines: map[key]int{}}
	for line := range strings.SplitSeq(newlines(text), "\n") {
		s.line++
		if err := s.scanLine(line); err != nil {
			return nil, err
		}
	}
	if len(s.bad) > 0 {
		return nil, s.bad[0]
	}
	return s, nil
}

func (s *scanner) scanLine(line string) error {
	v := strings.TrimFunc(line, isSpace)
	if strings.HasPrefix(v, "#") || strings.HasPrefix(v, ";") {
		return nil
	}
	if v == "" {
		if s.current != nil {
			s.current.value = append(s.current.value, "")
		}
		return nil
	}
	indent := utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeftFunc(line, isSpace))
	if s.current != nil && indent > s.indent {
		s.current.value = append(s.current.value, v)
		return nil
	}
	s.indent = indent
	// The name goes up to the last bracket, and what follows it is ignored.
	if end := strings.LastIndexByte(v, ']'); v[0] == '[' && end >= 2 {
		return s.header(v[1:end])
	}
	if s.section == "" {
		return s.noHeader(line)
	}
	return s.option(v)
}

func (s *scanner) header(name string) error {
	if first, ok := s.sections[name]; ok {
		return s.fail(KindDuplicateSection, name, "", fmt.Sprintf("%s already exists in line %d (Airflow refuses the file): merge the two", naming("section", name), first))
	}
	if name != defaultSection {
		s.sections[name] = s.line
		s.order = append(s.order, name)
	}
	s.section, s.current = name, nil
	return nil
}

func (s *scanner) noHeader(line string) error {
	if strings.HasPrefix(line, "\ufeff") {
		return s.fail(KindNoHeader, "", "", "a byte order mark hides what this line says (Airflow refuses the file): save the file as UTF-8 without one")
	}
	return s.fail(KindNoHeader, "", "", "this line comes before the first [section] (Airflow refuses the file)")
}

func (s *scanner) option(v string) error {
	delimiter := strings.IndexAny(v, "=:")
	if delimiter < 0 {
		// The option before it stays the current one, as in configparser.
		s.bad = append(s.bad, s.fail(KindSyntax, s.section, "", `this line is no "key = value", no [section], no comment and not indented as a continuation (Airflow refuses the file)`))
		return nil
	}
	name := strings.TrimRightFunc(v[:delimiter], isSpace)
	if name == "" {
		s.bad = append(s.bad, s.fail(KindSyntax, s.section, "", `there is no key before the "=" or ":" (Airflow refuses the file)`))
	}
	k := key{s.section, name}
	if first, ok := s.lines[k]; ok {
		return s.fail(KindDuplicateOption, s.section, name, fmt.Sprintf("%s in %s already exists in line %d (Airflow refuses the file)", naming("option", name), naming("section", s.section), first))
	}
	s.lines[k] = s.line
	s.current = nil
	if name != "" {
		s.current = &option{s.section, name, s.line, []string{strings.TrimFunc(v[delimiter+1:], isSpace)}}
		s.options = append(s.options, s.current)
	}
	return nil
}

func (s *scanner) fail(kind Kind, section, option, message string) *Error {
	return &Error{Kind: kind, Path: s.path, Line: s.line, Section: section, Option: option, Message: message}
}

// isSpace is Python's str.isspace, which counts four separators that
// [unicode.IsSpace] does not.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
}
