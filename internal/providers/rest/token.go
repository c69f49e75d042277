package rest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// FitsHeader tells whether a token may travel in a header: printable ASCII.
func FitsHeader(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}

// ReadClaims reads what a JSON web token says about itself into claims, a pointer
// to a struct. Nobody has verified it, so it is for messages only, and no text of
// it is harmless. False means that it is no such token.
func ReadClaims(token string, claims any) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	return err == nil && json.Unmarshal(payload, claims) == nil
}
