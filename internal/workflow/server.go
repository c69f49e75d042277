package workflow

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Setting is one scalar of the settings object.
type Setting struct {
	Pos   Position
	Path  string
	Value string
	// Null tells a key without a value; OpenMetadata takes its default then.
	Null bool
}

// Server is what a document says about its OpenMetadata server.
type Server struct {
	// Provider and Loader are secretsManagerProvider and secretsManagerLoader,
	// nil when the document has none.
	Provider, Loader *Setting
	// RewriteSafe tells that no reference can come from the server later, so
	// that `db` and `noop` may be written. Keep says in one sentence why not.
	RewriteSafe bool
	Keep        string
	// StoreServiceConnection is nil when the key is absent or not a boolean;
	// OpenMetadata's default is true.
	StoreServiceConnection *bool
	ForceEntityOverwriting bool
	// ServiceConnection tells a source.serviceConnection that is not empty.
	ServiceConnection bool
}

// holder is a mapping that may hold settings.
type holder struct {
	node *yaml.Node
	at   *trail
}

const (
	providerKey = "secretsManagerProvider"
	loaderKey   = "secretsManagerLoader"
	storeKey    = "storeServiceConnection"
)

// Server finds the settings where OpenMetadata's workflows, automations and
// pipelines keep them.
func (d *Document) Server() Server {
	var s Server
	settings := d.settings()
	for _, h := range d.holders() {
		if s.Provider == nil {
			s.Provider = d.setting(h, providerKey)
		}
		if s.Loader == nil {
			s.Loader = d.setting(h, loaderKey)
		}
	}
	if v := lookup(settings.node, storeKey); v != nil {
		s.StoreServiceConnection = boolean(v)
	}
	if force := boolean(lookup(settings.node, "forceEntityOverwriting")); force != nil {
		s.ForceEntityOverwriting = *force
	}
	s.ServiceConnection = !isEmpty(d.at("source", "serviceConnection"))
	s.Keep = d.keep(s.ServiceConnection)
	s.RewriteSafe = s.Keep == ""
	return s
}

// settings returns the object that holds the server's settings: the first
// candidate with a provider or loader, else the first one that is there.
func (d *Document) settings() holder {
	candidates := []holder{
		{d.at("workflowConfig", "openMetadataServerConfig"), path("workflowConfig", "openMetadataServerConfig")},
		{d.at("openMetadataServerConnection"), path("openMetadataServerConnection")},
		{d.at("openMetadataServerConfig"), path("openMetadataServerConfig")},
		{d.root, nil},
	}
	first := holder{}
	for _, c := range candidates {
		if lookup(c.node, providerKey) != nil || lookup(c.node, loaderKey) != nil {
			return c
		}
		if first.node == nil && c.node != nil && c.node.Kind == yaml.MappingNode && c.at != nil {
			first = c
		}
	}
	return first
}

// holders are the mappings whose provider and loader count: the settings
// object, and the request of an automation.
func (d *Document) holders() []holder {
	return []holder{d.settings(), {d.at("request"), path("request")}}
}

func (d *Document) setting(h holder, key string) *Setting {
	n := lookup(h.node, key)
	if n == nil || n.Kind != yaml.ScalarNode {
		return nil
	}
	p, _ := d.place(n) // a scalar that is lost has the place where it was to be
	return &Setting{
		Pos: d.src.position(p.head.start), Path: (&trail{up: h.at, key: key}).String(),
		Value: n.Value, Null: n.Tag == "!!null",
	}
}

// at follows keys from the top, through aliases and merge keys.
func (d *Document) at(keys ...string) *yaml.Node {
	n := d.root
	for _, k := range keys {
		n = lookup(n, k)
	}
	return n
}

func path(keys ...string) *trail {
	var t *trail
	for _, k := range keys {
		t = &trail{up: t, key: k}
	}
	return t
}

// boolean reads a scalar as pydantic reads a boolean field; nil when it is none.
func boolean(n *yaml.Node) *bool {
	if n == nil || n.Kind != yaml.ScalarNode {
		return nil
	}
	var b bool
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on", "t", "y", "1":
		b = true
	case "false", "no", "off", "f", "n", "0":
	default:
		return nil
	}
	return &b
}

// isEmpty reports whether OpenMetadata's code takes a value for absent: Python's
// falsy values, as far as a connection can have them.
func isEmpty(n *yaml.Node) bool {
	switch {
	case n == nil:
		return true
	case n.Kind == yaml.ScalarNode:
		return n.Value == "" || n.Tag == "!!null"
	}
	return len(n.Content) == 0
}
