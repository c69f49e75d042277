package file

import (
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestPlaintextReadableByOthers(t *testing.T) {
	_, token := encrypted(t, "x")
	plaintext, cipher := "a: S3NTINEL\nb: "+token+"\n", "a: "+token+"\nb: {f: "+token+"}\n"
	tests := []struct {
		name, text string
		mode       os.FileMode
		refused    bool
	}{
		{"owner only", plaintext, 0o600, false},
		{"owner may run it", plaintext, 0o711, false},
		{"group reads", plaintext, 0o640, true},
		{"others read", plaintext, 0o604, true},
		{"everybody reads", plaintext, 0o644, true},
		{"a number is plaintext too", "a: 12345\nb: " + token, 0o644, true},
		{"null", "a:\nb: " + token, 0o644, true},
		{"encrypted", cipher, 0o644, false},
		{"nothing to read", "{}", 0o644, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, t.TempDir(), tt.text, tt.mode)
			_, err := openAt(t, path, nil)
			if !tt.refused || inMemory(t, path) {
				if err != nil {
					t.Errorf("Open(mode %o) error = %v, want none", tt.mode, err)
				}
				return
			}
			checkError(t, asError(t, err), providers.Config, "chmod 600")
		})
	}
}

// inMemory tells whether this machine's temporary directory is a memory file
// system, where nothing is refused.
func inMemory(t *testing.T, path string) bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	return onSafeFS(f)
}

func TestNearest(t *testing.T) {
	entries := map[string]entry{"/team/db/password": {}, "/team/db/passwort": {}, "key": {}, "": {}}
	tests := []struct{ in, want string }{
		{"/team/db/passwor", "/team/db/password"},
		{"team/db/password", "/team/db/password"},
		{"/Team/DB/password", "/team/db/password"},
		{"/other/db/user", ""},
		{"kex", "key"},
		{"kxx", ""},
		{"k", ""},
		{strings.Repeat("x", 1000), ""},
	}
	for _, tt := range tests {
		if got := nearest(tt.in, entries); got != tt.want {
			t.Errorf("nearest(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
