package workflow

import "go.yaml.in/yaml/v4"

// maxHops bounds the way through aliases and merge keys, which may be circular.
const maxHops = 64

// lookup returns the value of a key in a mapping, with aliases followed: nil
// when n is no mapping or has no such key. As in Python the last of several
// equal keys wins, and a mapping's own keys win over merged ones.
func lookup(n *yaml.Node, key string) *yaml.Node {
	values := entries(owner(n, key, maxHops), key)
	if len(values) == 0 {
		return nil
	}
	return follow(values[len(values)-1])
}

// entries returns the values that a mapping's own keys of this name have, as
// they stand.
func entries(m *yaml.Node, key string) []*yaml.Node {
	if m == nil {
		return nil
	}
	var values []*yaml.Node
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := follow(m.Content[i]); k != nil && k.Kind == yaml.ScalarNode && k.Value == key && isString(k) {
			values = append(values, m.Content[i+1])
		}
	}
	return values
}

// owner returns the mapping that a key of n comes from: n itself, or the first
// one merged into it that has the key.
func owner(n *yaml.Node, key string, hops int) *yaml.Node {
	n = follow(n)
	if n == nil || n.Kind != yaml.MappingNode || hops == 0 {
		return nil
	}
	if len(entries(n, key)) > 0 {
		return n
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		from := []*yaml.Node{n.Content[i+1]}
		if list := follow(from[0]); list != nil && list.Kind == yaml.SequenceNode {
			from = list.Content
		}
		for _, m := range from {
			if o := owner(m, key, hops-1); o != nil {
				return o
			}
		}
	}
	return nil
}

// follow returns what an alias stands for; nil for a circle.
func follow(n *yaml.Node) *yaml.Node {
	for range maxHops {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}
