// Package secretid knows the ids that an OpenMetadata server gives the secrets
// that it stores, in every store that it can write to.
//
// It follows the server's own steps, because its names are an accident of them:
// the prefix and the cluster are put together as they are, every later step
// cleans the whole id that it has so far and adds a name, and each step ends in
// lower case. So a dot in the cluster's name becomes an underscore, and two names
// can end up as one: [ID.Warnings] says when.
package secretid

import (
	"strings"
	"unicode/utf8"
)

// DefaultCluster is the clusterName of a server that sets none.
const DefaultCluster = "openmetadata"

// Server is what a server's configuration has to do with ids: clusterName, and
// the prefix of secretsManagerConfiguration, which may be empty.
type Server struct{ Cluster, Prefix string }

// ID is the name of a secret in one store.
type ID struct {
	// Provider is the store's first name, as in secretsManagerProvider.
	Provider string
	// Variant says which servers give this id, where not all do.
	Variant string
	// ID is what the server writes behind `secret:`. It has only lower-case
	// letters, digits, slashes, underscores and dashes, so that neither YAML nor
	// a shell needs quotes around it.
	ID string
	// Object is the name that the store has it under: the ID, but for older
	// servers with Kubernetes.
	Object string
	// Storable tells whether the store takes such a name at all.
	Storable bool
	// Warnings are the ways in which the id is not what one would expect: lower
	// case, no full stop.
	Warnings []string
}

// All gives the ids of a secret, one for each way of naming there is, in the
// order of the documentation. For the private configuration of an app the field
// is the zero Field.
func All(server Server, owner Owner, field Field) []ID {
	var ids []ID
	for _, n := range namings() {
		id := ID{Provider: n.provider, Variant: n.variant, ID: n.build(server, owner, field)}
		id.Object = id.ID
		if n.objects != nil {
			id.Object = n.objects(id.ID)
		}
		flaw := n.flaw(id.ID)
		id.Storable = flaw == ""
		id.Warnings = n.warnings(server, owner, field)
		if flaw != "" {
			id.Warnings = append(id.Warnings, flaw)
		}
		ids = append(ids, id)
	}
	return ids
}

// build makes an id as the server does, step by step.
func (n naming) build(server Server, owner Owner, field Field) string {
	if owner.app {
		return n.finish(n.clean(appPrefix) + n.separator + n.clean(owner.name))
	}
	var b strings.Builder
	for _, part := range []string{server.Prefix, server.Cluster} {
		if part == "" {
			continue
		}
		if n.leading {
			b.WriteString(n.separator)
		}
		b.WriteString(part) // as it is, for now
	}
	for _, part := range owner.parts {
		b.WriteString(n.separator + n.clean(part))
	}
	id := n.finish(b.String())
	for _, name := range field.names {
		id = n.finish(n.clean(id) + n.separator + n.clean(name))
	}
	return id
}

// clean replaces what the store's names cannot have.
func (n naming) clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		if n.allows(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(n.replacement)
		}
	}
	return b.String()
}

func (n naming) allows(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		r < utf8.RuneSelf && strings.ContainsRune(n.others, r)
}

// finish ends a step.
func (n naming) finish(id string) string {
	id = lower(id)
	if !n.dashes {
		return id
	}
	return cutName(trimDashes(id))
}

// lower is Java's toLowerCase, which differs from Go's in this one letter: what
// is added to it there is cleaned in the next step.
func lower(text string) string {
	return strings.ToLower(strings.ReplaceAll(text, "\u0130", "i\u0307"))
}

// trimDashes makes several dashes one, and none at the ends.
func trimDashes(text string) string {
	for strings.Contains(text, "--") {
		text = strings.ReplaceAll(text, "--", "-")
	}
	return strings.Trim(text, "-")
}

// cutName cuts a name at the most characters that Kubernetes takes.
func cutName(name string) string {
	if utf8.RuneCountInString(name) <= maxObject {
		return name
	}
	return strings.TrimRight(string([]rune(name)[:maxObject]), "-")
}
