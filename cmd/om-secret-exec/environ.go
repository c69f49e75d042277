package main

import (
	"slices"
	"strings"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

// maxVariable is where the kernel's limit for one string of an environment is:
// the variable's name, =, the value and a zero byte must stay below it.
const maxVariable = 128 << 10

// checkVariable refuses a value that no variable can carry; instead says how it
// can be given.
func checkVariable(name, value, instead string) *providers.Error {
	switch {
	case strings.ContainsRune(value, 0):
		return &providers.Error{
			Code: providers.BadValue, Message: "the value has a NUL byte, which no variable can hold", Hint: instead,
		}
	case len(name)+len("=")+len(value)+1 >= maxVariable:
		return &providers.Error{
			Code: providers.TooLarge, Message: "resolved, it is larger than the 128 KiB that the kernel allows a variable", Hint: instead,
		}
	}
	return nil
}

// setVariable gives environ with another value for a variable that is in it.
func setVariable(environ []string, name, value string) []string {
	changed := slices.Clone(environ)
	for i, one := range changed {
		if n, _, _ := strings.Cut(one, "="); n == name {
			changed[i] = name + "=" + value
		}
	}
	return changed
}

// withoutCredentials drops what leads to a store from an environment; keep is a
// variable that stays, whatever its name.
func withoutCredentials(environ []string, keep string) []string {
	drop := storeVariables()
	return slices.DeleteFunc(slices.Clone(environ), func(one string) bool {
		name, _, _ := strings.Cut(one, "=")
		return name != keep && drop(name)
	})
}

// storeVariables tells of a variable whether it has to do with a store: all that
// the tables of the stores name, the settings of OpenMetadata in Airflow, our
// own, and the keys of Fernet.
func storeVariables() func(name string) bool {
	names := map[string]bool{}
	for _, kind := range stores() {
		for _, key := range kind.Keys {
			add(names, key.Vars)
		}
		add(names, kind.Variables)
	}
	add(names, fernet.Variables())
	// Without the last underscores it is the start of named stores' as well.
	airflow := strings.TrimRight(airflowcfg.Variable(settings.Section, ""), "_")
	return func(name string) bool {
		return names[name] || strings.HasPrefix(name, settings.OwnPrefix) || strings.HasPrefix(name, airflow)
	}
}

func add(names map[string]bool, more []string) {
	for _, name := range more {
		names[name] = true
	}
}
