package check

import (
	"bytes"

	"go.yaml.in/yaml/v4"
)

// outline is the shape of a parsed document.
func outline(top *yaml.Node) shape {
	s := shape{}
	eachKey(top, func(key string, value *yaml.Node) {
		s[key] = append(s[key], "")
		eachKey(value, func(below string, _ *yaml.Node) { s[key] = append(s[key], below) })
	})
	return s
}

// eachKey calls f for the scalar keys of a mapping, aliases followed once.
func eachKey(n *yaml.Node, f func(key string, value *yaml.Node)) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Kind == yaml.ScalarNode {
			f(k.Value, n.Content[i+1])
		}
	}
}

// child is the value of a key in a mapping, aliases followed once; nil when
// there is none.
func child(n *yaml.Node, key string) (found *yaml.Node) {
	eachKey(n, func(k string, value *yaml.Node) {
		if k == key {
			found = value
		}
	})
	if found != nil && found.Kind == yaml.AliasNode {
		found = found.Alias
	}
	return found
}

// textOf is the string that a key of a mapping has, or "".
func textOf(n *yaml.Node, key string) string {
	if v := child(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// sketch is the outline of a text that no parser reads: words before a colon,
// which are at the top when they start a line. In JSON, where indentation says
// nothing, each counts for both.
func sketch(data []byte) shape {
	s := shape{}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	flat := bytes.HasPrefix(bytes.TrimSpace(data), []byte("{"))
	top := ""
	for line := range bytes.Lines(data) {
		for at := 0; at < len(line); at++ {
			word := wordAt(line[at:])
			if word == 0 {
				continue
			}
			start, key := at, string(line[at:at+word])
			at += word
			switch rest := bytes.TrimLeft(line[at:], "\"' \t"); {
			case !bytes.HasPrefix(rest, []byte(":")):
			case flat:
				s[key], s["source"] = append(s[key], ""), append(s["source"], key)
			case start == 0:
				top, s[key] = key, append(s[key], "")
			case top != "":
				s[top] = append(s[top], key)
			}
		}
	}
	return s
}

// wordAt returns the length of the letters that s starts with.
func wordAt(s []byte) int {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return n
}
