package fernet

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// Two keys that hold `/` and `+` in the standard alphabet.
const (
	keyStd = "/////wAAAAD+++++AAAAAAAAAAAAAAAAAAAAAAAAAAA="
	keyURL = "_____wAAAAD-----AAAAAAAAAAAAAAAAAAAAAAAAAAA"
	other  = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
)

func TestNew(t *testing.T) {
	tests := []struct {
		name, in string
		keys     int
		wantErr  string
	}{
		{"empty", "", 0, ""},
		{"only blanks and commas", " , ", 0, ""},
		{"no encryption", "no_encryption_at_rest", 0, ""},
		{"one", other, 1, ""},
		{"standard alphabet", keyStd, 1, ""},
		{"URL alphabet without padding", keyURL, 1, ""},
		{"two with blanks", keyStd + " ,\t" + other + "\n", 2, ""},
		{"trailing comma", other + ",", 1, ""},
		{"31 bytes", other[:40], 0, "Fernet key 1 is not 32 bytes"},
		{"33 bytes", "AQEB" + other, 0, "Fernet key 1 is not 32 bytes"},
		{"not base64", other + "," + sentinel + "!", 0, "Fernet key 2 is not 32 bytes"},
		{"hexadecimal", strings.Repeat("ab", 32), 0, "Fernet key 1 is not 32 bytes"},
		{"no encryption among keys", other + ",no_encryption_at_rest", 0, "Fernet key 2 is not 32 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ring, err := New(tt.in)
			checkConfig(t, err, tt.wantErr)
			if got := count(ring); got != tt.keys {
				t.Errorf("New(%q) has %d keys, want %d", tt.in, got, tt.keys)
			}
		})
	}
}

func TestAlphabetsAreOneKey(t *testing.T) {
	text, err := mustNew(t, keyStd).Encrypt([]byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := mustNew(t, keyURL).Decrypt(text); err != nil || string(got) != "value" {
		t.Errorf("Decrypt = %q, %v, want %q", got, err, "value")
	}
}

func TestFromEnv(t *testing.T) {
	files := map[string]string{"/run/key": other + "\n", "/run/bad": sentinel}
	tests := []struct {
		name    string
		env     map[string]string
		keys    int
		source  string
		wantErr string
	}{
		{"nothing", nil, 0, "", ""},
		{"empty", map[string]string{"FERNET_KEY": "", "FERNET_KEY_FILE": ""}, 0, "", ""},
		{"variable", map[string]string{"FERNET_KEY": other}, 1, "variable FERNET_KEY", ""},
		{"file", map[string]string{"FERNET_KEY_FILE": "/run/key"}, 1, "/run/key", ""},
		{"file and an empty variable", map[string]string{"FERNET_KEY": "", "FERNET_KEY_FILE": "/run/key"}, 1, "/run/key", ""},
		{"both", map[string]string{"FERNET_KEY": other, "FERNET_KEY_FILE": "/run/key"}, 0, "", "both set"},
		{"bad variable", map[string]string{"FERNET_KEY": sentinel}, 0, "", "(variable FERNET_KEY)"},
		{"bad file", map[string]string{"FERNET_KEY_FILE": "/run/bad"}, 0, "", "(/run/bad)"},
		{"no such file", map[string]string{"FERNET_KEY_FILE": "/run/no"}, 0, "", "open /run/no: file does not exist"},
		{"a key for a path", map[string]string{"FERNET_KEY_FILE": other}, 0, "", "holds a key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ring, err := FromEnv(
				func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok },
				func(path string) ([]byte, error) {
					if text, ok := files[path]; ok {
						return []byte(text), nil
					}
					return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
				})
			checkConfig(t, err, tt.wantErr)
			if got := count(ring); got != tt.keys {
				t.Errorf("FromEnv has %d keys, want %d", got, tt.keys)
			}
			if ring != nil && ring.source != tt.source {
				t.Errorf("source = %q, want %q", ring.source, tt.source)
			}
		})
	}
}

func TestKeyringDoesNotPrint(t *testing.T) {
	ring := mustNew(t, other)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(verb, ring); got != "[redacted]" {
			t.Errorf("Sprintf(%q) = %q, want [redacted]", verb, got)
		}
	}
}

// checkConfig fails unless err is a CONFIG error whose text has want, or nil
// when want is empty; it never may quote a key.
func checkConfig(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatalf("error = %v, want none", err)
		}
		return
	}
	var e *providers.Error
	if !errors.As(err, &e) || e.Code != providers.Config || !strings.Contains(e.Error(), want) {
		t.Fatalf("error = %v, want CONFIG with %q", err, want)
	}
	for _, key := range []string{sentinel, other[:40], strings.Repeat("ab", 32)} {
		if strings.Contains(fmt.Sprintf("%+v", *e), key) {
			t.Errorf("error %+v quotes a key", *e)
		}
	}
}

func count(ring *Keyring) int {
	if ring == nil {
		return 0
	}
	return len(ring.keys)
}
