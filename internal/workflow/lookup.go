package workflow

import "go.yaml.in/yaml/v4"

// entry is a key of a mapping and what stands behind it.
type entry struct{ key, value *yaml.Node }

// lookup returns the value of a key in a mapping, with aliases followed: nil
// when n is no mapping or has no such key. As in Python the last of several
// equal keys wins, and a mapping's own keys win over merged ones.
func lookup(n *yaml.Node, key string) *yaml.Node {
	found := entries(owner(n, key), key)
	if len(found) == 0 {
		return nil
	}
	return follow(found[len(found)-1].value)
}

// entries returns those of a mapping's own entries that have a key of this name.
func entries(m *yaml.Node, key string) []entry {
	if m == nil {
		return nil
	}
	var found []entry
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := follow(m.Content[i]); k != nil && k.Kind == yaml.ScalarNode && k.Value == key && isString(k) {
			found = append(found, entry{m.Content[i], m.Content[i+1]})
		}
	}
	return found
}

// owner returns the mapping that a key of n comes from: n itself, or the first
// one merged into it that has the key.
func owner(n *yaml.Node, key string) *yaml.Node {
	// Mappings may be merged into themselves, and into one another many times.
	seen := map[*yaml.Node]bool{}
	var find func(n *yaml.Node) *yaml.Node
	find = func(n *yaml.Node) *yaml.Node {
		n = follow(n)
		if n == nil || n.Kind != yaml.MappingNode || seen[n] {
			return nil
		}
		seen[n] = true
		if len(entries(n, key)) > 0 {
			return n
		}
		for _, m := range merged(n) {
			if o := find(m); o != nil {
				return o
			}
		}
		return nil
	}
	return find(n)
}

// merged returns what is merged into a mapping, the most important first.
func merged(n *yaml.Node) []*yaml.Node {
	var from []*yaml.Node
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		if list := follow(n.Content[i+1]); list != nil && list.Kind == yaml.SequenceNode {
			from = append(from, list.Content...)
		} else {
			from = append(from, list)
		}
	}
	return from
}

// follow returns what an alias stands for, which is never another alias.
func follow(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
