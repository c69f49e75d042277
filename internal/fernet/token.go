package fernet

import (
	"encoding/base64"
	"strings"
)

// IsToken reports whether value, `fernet:TOKEN`, has the form of one. Which key
// opens it is another question.
func IsToken(value string) bool {
	token, ok := strings.CutPrefix(value, prefix)
	// The library below ignores what follows the last well-formed group of four.
	raw, err := base64.URLEncoding.DecodeString(token)
	return ok && err == nil && len(raw) >= minToken
}
