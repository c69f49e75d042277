package airflowcfg

import "strings"

// Value is an effective value and where it was written.
type Value struct {
	Text string
	// Source is for people: `/opt/airflow/airflow.cfg:12`, or
	// `variable AIRFLOW__CORE__FERNET_KEY`.
	Source string
}

// Variable is the name of the environment variable that overrides an option.
// Dots in the section become underscores; dashes, and dots in the option, stay.
func Variable(section, option string) string {
	return "AIRFLOW__" + strings.ToUpper(strings.ReplaceAll(section, ".", "_")) + "__" + strings.ToUpper(option)
}

// Get is conf.get(section, option): the environment variable if it exists, the
// file's option otherwise, interpolated and expanded. False means that neither
// exists, which is where Airflow turns to defaults; an existing empty value is
// "" and true. Case does not matter in section and option, while names in the
// file must be lower case to be found. Errors are of type [*Error]; they come
// with true and the value's source.
func (c *Config) Get(section, option string) (Value, bool, error) {
	text, at, ok, err := c.get(newKey(section, option))
	if !ok {
		return Value{}, false, nil
	}
	return Value{text, at.String()}, true, err
}

// Overridden gives what the file says about an option that an environment
// variable overrides. False means that nothing is hidden. A hidden value that
// cannot be resolved hurts nobody: its text is empty.
func (c *Config) Overridden(section, option string) (Value, bool) {
	k := newKey(section, option)
	if _, ok := c.expander.env(Variable(k.section, k.name)); !ok {
		return Value{}, false
	}
	text, at, ok, _ := c.fromFile(k)
	if !ok {
		return Value{}, false
	}
	return Value{text, at.String()}, true
}

// Indirect names a command or secrets-backend key that is set for an option
// (option_cmd, option_secret, as a variable or in the file). This package does
// not follow them. Airflow does for options that it marks as sensitive, none of
// which is in section openmetadata_secrets_manager: whoever answers for another
// section should say so.
func (c *Config) Indirect(section, option string) (source string, ok bool) {
	for _, suffix := range []string{"_cmd", "_secret"} {
		k := newKey(section, option+suffix)
		if name := Variable(k.section, k.name); has(c.expander.env, name) {
			return origin{variable: name}.String(), true
		}
		if _, at, ok := c.table.lookup(k.section, k.name); ok {
			return at.String(), true
		}
	}
	return "", false
}

// newKey lower-cases both names, which Airflow does before anything else.
func newKey(section, option string) key {
	return key{strings.ToLower(section), strings.ToLower(option)}
}

func has(env func(string) (string, bool), name string) bool {
	_, ok := env(name)
	return ok
}

func (c *Config) get(k key) (text string, at origin, ok bool, err error) {
	if text, at, ok, err = c.fromEnv(k); ok {
		return text, at, ok, err
	}
	return c.fromFile(k)
}

// fromEnv is expanded and, unlike a file's value, never interpolated.
func (c *Config) fromEnv(k key) (text string, at origin, ok bool, err error) {
	at.variable = Variable(k.section, k.name)
	if text, ok = c.expander.env(at.variable); !ok {
		return "", at, false, nil
	}
	if text, ok = c.expander.expand(text); !ok {
		return "", at, true, at.fail(k, KindExpansion)
	}
	return text, at, true, nil
}

// fromFile interpolates first and expands after that, so what a variable brings
// in is never interpolated.
func (c *Config) fromFile(k key) (text string, at origin, ok bool, err error) {
	raw, at, ok := c.table.lookup(k.section, k.name)
	if !ok {
		return "", at, false, nil
	}
	text, kind := interpolate(raw, func(name string) (string, bool) {
		raw, _, ok := c.table.lookup(k.section, name)
		return raw, ok
	})
	if kind != "" {
		return "", at, true, at.fail(k, kind)
	}
	if text, ok = c.expander.expand(text); !ok {
		return "", at, true, at.fail(k, KindExpansion)
	}
	return text, at, true, nil
}
