// Package envloader reads environment variables for OpenMetadata's `env` loader
// with kelseyhightower/envconfig. The names come from the stores' tables of keys,
// so the struct that envconfig fills is made at run time; its fields are
// pointers, because a variable that is set to nothing is not an unset one.
package envloader

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/kelseyhightower/envconfig"
)

// A name goes into a struct tag, and envconfig upper-cases it: other names would
// break the tag or read another variable without a word.
var nameRule = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// Load reads the named variables from the process's environment. The map has
// exactly those that exist; an empty value is a value. A name may occur more than
// once. An error names a variable that cannot be asked for, never a value.
func Load(vars []string) (map[string]string, error) {
	names := slices.Compact(slices.Sorted(slices.Values(vars)))
	for _, name := range names {
		if !nameRule.MatchString(name) {
			return nil, fmt.Errorf("reading variable %q: names are upper-case letters, digits and underscores", name)
		}
	}
	spec := reflect.New(structOf(names))
	if err := envconfig.Process("", spec.Interface()); err != nil {
		// envconfig's errors quote the value, so the cause stays here. Text
		// always fits a *string: only a broken struct could bring us here.
		return nil, fmt.Errorf("reading %d environment variables: envconfig refused them", len(names))
	}
	found := make(map[string]string)
	for i, name := range names {
		if value, ok := spec.Elem().Field(i).Interface().(*string); ok && value != nil {
			found[name] = *value
		}
	}
	return found, nil
}

// structOf makes the type that one would write by hand for envconfig: a *string
// for every name.
func structOf(names []string) reflect.Type {
	fields := make([]reflect.StructField, len(names))
	for i, name := range names {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("V%d", i),
			Type: reflect.TypeFor[*string](),
			Tag:  reflect.StructTag(fmt.Sprintf("envconfig:%q", name)),
		}
	}
	return reflect.StructOf(fields)
}
