package openbao

import (
	"bytes"
	"encoding/json"
	"strconv"

	"om-secret-exec/internal/providers"
)

// defaultField is the field that OpenMetadata reads and writes.
const defaultField = "value"

// entry is version 2's form of an entry.
type entry struct {
	Data     map[string]json.RawMessage `json:"data"`
	Metadata *metadata                  `json:"metadata"`
}

type metadata struct {
	Version int `json:"version"`
	// Deleted is a time: when it was deleted or, in an answer with data, will
	// be.
	Deleted   string `json:"deletion_time"`
	Destroyed bool   `json:"destroyed"`
}

// secret makes a secret of an answer with status 200.
func (q question) secret(a answer) (providers.Secret, *providers.Error) {
	source := providers.Source{Name: q.path(), Place: q.place, Identity: q.grant.identity}
	var fields map[string]json.RawMessage
	read := a.readable
	if q.grant.kv == "1" {
		read = read && json.Unmarshal(a.Data, &fields) == nil
	} else {
		var e entry
		read = read && json.Unmarshal(a.Data, &e) == nil && e.Metadata != nil
		if read {
			fields, source.Version = e.Data, strconv.Itoa(e.Metadata.Version)
		}
	}
	switch {
	case !read:
		return providers.Secret{}, q.error(q.foreign(a), a)
	case fields == nil:
		return providers.Secret{}, q.error(verdict{
			code: providers.BadValue, message: "the entry is there and has no data",
			hint: "write it again: " + q.command("kv put -mount="+q.mount, "value=-"),
		}, a)
	}
	s := providers.Secret{Fields: map[string][]byte{}, Source: source}
	for name, raw := range fields {
		s.Fields[name] = text(raw)
	}
	// OpenMetadata takes null for an entry without the field.
	if raw, ok := fields[defaultField]; ok && string(raw) != "null" {
		s.Value = text(raw)
	}
	return s, nil
}

// text gives a field as the text it stands for: a string's own, and of anything
// else its JSON in compact form, in which numbers keep all of their digits.
func text(raw json.RawMessage) []byte {
	var s string
	if bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &s) == nil {
		return []byte(s)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return raw
	}
	return compact.Bytes()
}
