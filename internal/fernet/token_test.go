package fernet_test

import (
	"strings"
	"testing"

	"om-secret-exec/internal/fernet"
)

func TestIsToken(t *testing.T) {
	const token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
	for in, want := range map[string]bool{
		"fernet:" + token: true,
		token:             false,
		"fernet:":         false,
		"fernet:" + strings.TrimRight(token, "="): false,
		"fernet:" + token[:96]:                    false, // 72 bytes, one less than a token has
		"fernet:" + token + "\n.":                 false,
	} {
		if got := fernet.IsToken(in); got != want {
			t.Errorf("IsToken(%q) = %v, want %v", in, got, want)
		}
	}
}
