package workflow

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// keep says why the provider must stay in this shape of workflow, or "" when no
// reference can reach it from the server at run time.
func (d *Document) keep(hasConnection bool) string {
	if d.anchored() {
		return "the provider or loader carries an anchor that is used elsewhere"
	}
	request := d.at("request")
	if request != nil && request.Kind == yaml.MappingNode && d.at("openMetadataServerConnection") != nil {
		if isEmpty(lookup(request, "connection")) {
			return "the request has no connection of its own, so the server sends one"
		}
		return ""
	}
	switch {
	case d.at("sourcePythonClass") != nil || d.at("appConfig") != nil || d.is("Application", "source", "sourceConfig", "config", "type"):
		return "an application fetches connections from the server while it runs"
	case d.is("TestSuite", "source", "type") || d.is("TestSuite", "source", "sourceConfig", "config", "type"):
		return "a test suite fetches the connections of its tables from the server"
	case d.at("source") == nil && d.at("openMetadataServerConnection") != nil:
		return "a pipeline definition gets its service's connection from the server"
	case !hasConnection:
		return "source.serviceConnection is empty, so the server sends the connection"
	}
	return ""
}

// is reports whether the scalar at keys is word, in any case.
func (d *Document) is(word string, keys ...string) bool {
	n := d.at(keys...)
	return n != nil && n.Kind == yaml.ScalarNode && strings.EqualFold(n.Value, word)
}

// anchored reports whether an alias elsewhere would follow a rewritten provider
// or loader.
func (d *Document) anchored() bool {
	aliased := d.aliased()
	return slices.ContainsFunc(d.targets(), func(t target) bool { return aliased[t.value] })
}

// aliased are the nodes that an alias stands for.
func (d *Document) aliased() map[*yaml.Node]bool {
	aliased := map[*yaml.Node]bool{}
	visit(d.root, func(n *yaml.Node) {
		if n.Kind == yaml.AliasNode {
			aliased[n.Alias] = true
		}
	})
	return aliased
}

// visit calls f for n and everything below it, aliases not followed.
func visit(n *yaml.Node, f func(*yaml.Node)) {
	f(n)
	for _, c := range n.Content {
		visit(c, f)
	}
}

// markServiceConnection marks the references that source.serviceConnection
// holds, through aliases too.
func (d *Document) markServiceConnection() {
	under := map[*yaml.Node]bool{}
	var mark func(n *yaml.Node)
	mark = func(n *yaml.Node) {
		if n == nil || under[n] {
			return
		}
		under[n] = true
		mark(n.Alias)
		for _, c := range n.Content {
			mark(c)
		}
	}
	mark(d.at("source", "serviceConnection"))
	for i, r := range d.refs {
		d.refs[i].ServiceConnection = under[r.node]
	}
}
