package workflow

import (
	"strconv"
	"strings"
)

// trail is the way from the top of the document to a node. Its text is made
// only where a message needs it.
type trail struct {
	up *trail
	// key is the mapping's key, or empty for the item of a sequence.
	key   string
	index int
	item  bool
}

// String is a path such as `source.config["odd key"].list[2]`.
func (t *trail) String() string {
	return strings.TrimPrefix(string(t.append(make([]byte, 0, 64))), ".")
}

func (t *trail) append(path []byte) []byte {
	if t == nil {
		return path
	}
	path = t.up.append(path)
	switch {
	case t.item:
		return append(strconv.AppendInt(append(path, '['), int64(t.index), 10), ']')
	case isSimple(t.key):
		return append(append(path, '.'), t.key...)
	}
	return append(strconv.AppendQuote(append(path, '['), t.key), ']')
}

// isSimple reports whether a path can name a key without quotes.
func isSimple(key string) bool {
	for _, c := range []byte(key) {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return key != ""
}
