package secretid

import (
	"slices"
	"strings"
)

// Field is the way from an owner's object to one of its fields.
type Field struct {
	names []string
	// unstored says why the server never stores this field, or nothing.
	unstored string
}

// configPaths are the beginnings of a path in a workflow that lead to the object
// that the ids of a service start from.
func configPaths() []string {
	return []string{"source.serviceConnection.config.", "serviceConnection.config.", "connection.config.", "config."}
}

// ParseField reads a path as it is in the owner's JSON, such as
// `authType.password`. Of a service it starts below `config`; the path from the
// top of a workflow is understood as well. The server makes its names of Java's
// getters, which have no underscores and dashes. The error is CONFIG.
func (o Owner) ParseField(path string) (Field, error) {
	if o.app {
		return Field{}, errorf("the private configuration of an app is stored as a whole: it has no fields")
	}
	if o.kind == "service" {
		for _, start := range configPaths() {
			if rest, ok := strings.CutPrefix(path, start); ok {
				path = rest
				break
			}
		}
	}
	var f Field
	for _, name := range strings.Split(path, ".") {
		bare, _, list := strings.Cut(name, "[")
		switch {
		case list || isIndex(bare):
			f.unstored = "the server stores no values in lists as secrets: it keeps them in its database"
		case isFreeMap(bare):
			f.unstored = "the server stores no values below " + bare + " as secrets: it keeps them in its database"
		}
		if isIndex(bare) {
			continue
		}
		getter := getterName(bare)
		if getter == "" {
			return Field{}, errorf("%q is no path of fields such as authType.password", path)
		}
		f.names = append(f.names, getter)
	}
	if f.names == nil {
		return Field{}, errorf("%q names no field", path)
	}
	if f.unstored == "" {
		f.unstored = o.exception(f.names)
	}
	return f, nil
}

// exception says which two types the server leaves alone.
func (o Owner) exception(names []string) string {
	switch path := strings.Join(names, "."); {
	case o.kind == "server connection" && path == "securityconfig.jwttoken":
		return "the server does not store the token of its own connection as a secret"
	case o.kind == "bot" && path == "config.password":
		return "the server does not store a bot's password as a secret, only its token"
	}
	return ""
}

// WithoutAuthType is the field as it was before authType was put around it, if
// it is in one: in the connection itself, or in that of a database behind it.
func (f Field) WithoutAuthType() (Field, bool) {
	i := slices.Index(f.names, "authtype")
	if i < 0 || i == len(f.names)-1 {
		return Field{}, false
	}
	return Field{names: slices.Concat(f.names[:i], f.names[i+1:]), unstored: f.unstored}, true
}

// getterName is the name of a field's getter without get, in lower case; empty
// for what no field can be called.
func getterName(name string) string {
	var b strings.Builder
	for _, r := range lower(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '_', r == '-':
		default:
			return ""
		}
	}
	return b.String()
}

func isIndex(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

// isFreeMap tells whether a field holds whatever the user puts there: only
// objects of OpenMetadata's own types are looked at.
func isFreeMap(name string) bool {
	for _, free := range []string{"connectionOptions", "connectionArguments", "additionalProperties"} {
		if strings.EqualFold(name, free) {
			return true
		}
	}
	return false
}
