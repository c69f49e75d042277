package settings

import (
	"fmt"
	"strconv"
	"strings"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/providers"
)

// source is a place where settings are written. Its answer about a key has
// everything that follows from choosing it, warnings and errors included, so
// that those of a source that loses are never heard.
type source interface {
	answer(k providers.Key) answer
}

// answer is what one source says about one key.
type answer struct {
	set      bool
	empty    bool // as it was written: an empty Bool is "false" here
	text     string
	source   string
	hidden   []string // further places in the same source, whose values lost
	warnings []Remark
	err      error
}

// says reports whether the source has anything to say: a value, or one that
// cannot be read and must not be passed over for another.
func (a answer) says() bool { return a.set && !a.empty }

// places are the sources that lose when this answer does.
func (a answer) places() []string {
	if !a.set {
		return nil
	}
	return append([]string{a.source}, a.hidden...)
}

// envSource is OpenMetadata's env loader: the first variable that exists wins.
// Own selects the OM_SECRET_EXEC_ variables among them, else these are left out.
type envSource struct {
	vars map[string]string
	own  bool
}

func (s envSource) answer(k providers.Key) answer {
	return firstVariable(k, k.Vars, func(name string) (string, bool) {
		v, ok := s.vars[name]
		return v, ok && strings.HasPrefix(name, OwnPrefix) == s.own
	})
}

// firstVariable answers from the first variable that exists, by the rules of
// OpenMetadata's env loader.
func firstVariable(k providers.Key, names []string, env func(string) (string, bool)) answer {
	var a answer
	for _, name := range names {
		text, ok := env(name)
		switch {
		case ok && a.set:
			a.hidden = append(a.hidden, "variable "+name)
		case ok:
			a.set, a.text, a.source = true, text, "variable "+name
		}
	}
	if a.set {
		a.tidy(k)
		a.empty = a.text == ""
		a.pythonType(k)
	}
	return a
}

// pythonType reads a variable as OpenMetadata's env loader does: `== "true"`
// after lower-casing, and int().
func (a *answer) pythonType(k providers.Key) {
	switch k.Type {
	case providers.Bool:
		text := strings.ToLower(a.text)
		a.text = strconv.FormatBool(text == "true")
		if text != "true" && text != "false" && text != "" {
			a.warn(CountsAsFalse, k, "counts as false: in a variable only true is true")
		}
	case providers.Int:
		n, err := pythonInt(a.text)
		if err != nil {
			a.err = a.wrong(k, "is not a whole number")
			return
		}
		a.text = strconv.FormatInt(n, 10)
	case providers.Text:
	}
}

// airflowSource is a section of airflow.cfg with the variables that override it.
// Names are the spellings of a key that upstream does not read as well.
type airflowSource struct {
	config  *airflowcfg.Config
	section string
}

func (s airflowSource) answer(k providers.Key) answer {
	var a answer
	for _, name := range append([]string{k.Name}, k.Also...) {
		v, ok, err := s.config.Get(s.section, name)
		switch {
		case ok && a.set:
			a.hidden = append(a.hidden, v.Source)
		case ok:
			a = answer{set: true, text: v.Text, source: v.Source, err: err}
			if lost, ok := s.config.Overridden(s.section, name); ok {
				a.hidden = append(a.hidden, lost.Source)
			}
			if name != k.Name {
				a.warn(Spelling, k, fmt.Sprintf("is spelt %s there, which OpenMetadata's code does not read", name))
			}
			s.airflowType(&a, k, name)
		}
	}
	if a.err != nil {
		a.err = configError(a.err.Error(), "") // names place and option, no value
	}
	return a
}

// airflowType reads a value as conf.get, conf.getboolean or conf.getint does.
func (s airflowSource) airflowType(a *answer, k providers.Key, name string) {
	if a.err != nil {
		return
	}
	switch k.Type {
	case providers.Bool:
		v, _, err := s.config.GetBool(s.section, name)
		a.text, a.err = strconv.FormatBool(v), err
	case providers.Int:
		v, _, err := s.config.GetInt(s.section, name)
		a.text, a.err = strconv.FormatInt(v, 10), err
	case providers.Text:
		a.tidy(k)
	}
	a.empty = a.text == "" && a.err == nil
}
