package file

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v4"
)

// decodeJSON gives the tree of valid JSON in the form of the YAML parser's, so
// that one set of rules reads both. Keys that are there twice stay, to be
// refused by those.
func decodeJSON(data []byte) (*yaml.Node, *syntaxError) {
	d := jsonDecoder{dec: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	d.dec.UseNumber()
	return d.value()
}

type jsonDecoder struct {
	dec  *json.Decoder
	data []byte
	line int // of the last token
	seen int // bytes up to its end
}

func (d *jsonDecoder) value() (*yaml.Node, *syntaxError) {
	token, err := d.dec.Token()
	if err != nil {
		return nil, errJSON()
	}
	end := int(d.dec.InputOffset())
	d.line += bytes.Count(d.data[d.seen:end], []byte("\n"))
	d.seen = end
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: d.line}
	switch token := token.(type) {
	case string:
		n.Tag, n.Value = "!!str", token
	case json.Number:
		n.Tag, n.Value = "!!float", token.String()
	case bool:
		n.Tag = "!!bool"
	case nil:
		n.Tag = "!!null"
	case json.Delim:
		n.Kind = yaml.MappingNode
		if token == '[' {
			n.Kind = yaml.SequenceNode
		}
		for d.dec.More() {
			item, err := d.value()
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, item)
		}
		if _, err := d.dec.Token(); err != nil { // the closing bracket
			return nil, errJSON()
		}
	}
	return n, nil
}

// errJSON stands for the decoder's own words, which may quote the text.
func errJSON() *syntaxError { return &syntaxError{message: "it is not JSON"} }
