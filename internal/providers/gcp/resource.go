package gcp

import (
	"fmt"
	"strings"

	"om-secret-exec/internal/providers"
)

const (
	maxID  = 255 // bytes, as the service's documentation says
	latest = "latest"

	lower   = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	idBytes = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "_-"
)

// resource is the name of a secret taken apart. What an id does not say is
// empty, and for the settings to fill in.
type resource struct{ project, location, secret, version string }

// checkID accepts the id of a secret, and its full resource name, with or without
// a location and a version.
func checkID(id string) error {
	if _, ok := parse(id); ok {
		return nil
	}
	return errID(id)
}

func errID(id string) *providers.Error {
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the id of a secret in %s", id, title),
		Hint: "ids are 1 to 255 letters, digits, dashes and underscores, or a full name such as " +
			"projects/PROJECT/secrets/ID",
	}
}

// parse takes an id apart. OpenMetadata wraps every id in the project's path;
// full names are ours, and let one workflow read from several projects.
func parse(id string) (resource, bool) {
	var r resource
	name := id
	if host, ok := strings.CutPrefix(id, "//secretmanager."); ok {
		_, name, _ = strings.Cut(host, "/")
	} else if !strings.Contains(id, "/") {
		name = "secrets/" + id
	}
	part := strings.Split(name, "/")
	if name != "secrets/"+id && part[0] != "projects" {
		return r, false
	}
	for _, c := range []struct {
		name, bytes string
		to          *string
	}{
		// A domain-scoped project is written example.com:project.
		{"projects", lower + digits + "-.:", &r.project},
		{"locations", lower + digits + "-", &r.location},
		{"secrets", idBytes, &r.secret},
		{"versions", idBytes, &r.version},
	} {
		if len(part) < 2 || part[0] != c.name {
			continue
		}
		if !consists(part[1], c.bytes) || len(part[1]) > maxID {
			return r, false
		}
		*c.to, part = part[1], part[2:]
	}
	return r, len(part) == 0 && r.secret != ""
}

// consists tells whether s has at least one byte, and only those of set.
func consists(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// resourceOf takes a reference apart, its version included: a number, an alias,
// or latest.
func resourceOf(ref providers.Ref) (resource, *providers.Error) {
	r, ok := parse(ref.ID)
	if !ok {
		return r, errID(ref.ID)
	}
	switch {
	case ref.Version != "" && !consists(ref.Version, idBytes):
		return r, &providers.Error{
			Code: providers.InvalidRef, Message: fmt.Sprintf("%q cannot be a version", ref.Version),
			Hint: "a version is a number, an alias, or " + latest,
		}
	case ref.Version != "" && r.version != "" && ref.Version != r.version:
		return r, &providers.Error{
			Code:    providers.InvalidRef,
			Message: fmt.Sprintf("the id names version %q, and the option version %q", r.version, ref.Version),
			Hint:    "remove one of the two",
		}
	case r.version == "":
		r.version = ref.Version
	}
	if r.version == "" {
		r.version = latest
	}
	return r, nil
}

// name is the resource name, without the version.
func (r resource) name() string {
	name := "projects/" + r.project
	if r.location != "" {
		name += "/locations/" + r.location
	}
	return name + "/secrets/" + r.secret
}
