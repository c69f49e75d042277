package fernet

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/fernet/fernet-go"

	"om-secret-exec/internal/providers"
)

const (
	keyVar     = "FERNET_KEY"
	keyFileVar = "FERNET_KEY_FILE"

	// noEncryption is OpenMetadata's way to write that there is no key.
	noEncryption = "no_encryption_at_rest"
)

// Keyring holds the keys: the first encrypts, all of them decrypt. A nil
// Keyring means that no key is configured; its methods answer with an error
// that says so. It is safe for concurrent use.
type Keyring struct {
	keys   []*fernet.Key
	source string // where the keys came from, for messages; may be empty
}

// String implements [fmt.Stringer] without the keys.
func (k *Keyring) String() string { return "[redacted]" }

// Format implements [fmt.Formatter], so that no verb prints the keys.
func (k *Keyring) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// New reads a comma-separated list of keys as OpenMetadata does: either base64
// alphabet, padding optional, 32 bytes each. Blanks and line
// breaks around a key, and empty entries, are allowed. Without any key, or for the text
// `no_encryption_at_rest`, the result is nil. The error is CONFIG and never
// quotes a key.
func New(keys string) (*Keyring, error) {
	if strings.TrimSpace(keys) == noEncryption {
		return nil, nil
	}
	var k Keyring
	for i, text := range strings.Split(keys, ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		key, ok := parseKey(text)
		if !ok {
			// The decoder's own message would quote a byte of the key.
			return nil, &providers.Error{
				Code:    providers.Config,
				Message: fmt.Sprintf("Fernet key %d is not 32 bytes in base64", i+1),
				Hint:    "a key is 32 bytes in base64, as OpenMetadata's FERNET_KEY; several are separated by commas",
			}
		}
		k.keys = append(k.keys, key)
	}
	if k.keys == nil {
		return nil, nil
	}
	return &k, nil
}

func parseKey(text string) (*fernet.Key, bool) {
	text = strings.NewReplacer("/", "_", "+", "-", "=", "").Replace(text)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(fernet.Key{}) {
		return nil, false
	}
	return (*fernet.Key)(raw), true
}

// FromEnv takes the keys from FERNET_KEY or from the file that FERNET_KEY_FILE
// names; a variable that is set but empty counts as not set, as on the
// OpenMetadata server. The result is nil when there is no key. The error is
// CONFIG: both are set, the file cannot be read, or a key is malformed. A nil
// readFile is [os.ReadFile].
func FromEnv(env func(string) (string, bool), readFile func(string) ([]byte, error)) (*Keyring, error) {
	text, _ := env(keyVar)
	path, _ := env(keyFileVar)
	if text != "" && path != "" {
		return nil, &providers.Error{
			Code:    providers.Config,
			Message: keyVar + " and " + keyFileVar + " are both set",
			Hint:    "unset one of them",
		}
	}
	if path == "" {
		return newFrom("variable "+keyVar, text)
	}
	if readFile == nil {
		readFile = os.ReadFile
	}
	data, err := readFile(path)
	if err != nil {
		return nil, errKeyFile(path, err)
	}
	return newFrom(path, string(data))
}

func newFrom(source, text string) (*Keyring, error) {
	k, err := New(text)
	if e := (*providers.Error)(nil); errors.As(err, &e) {
		e.Place = source
		return nil, e
	}
	if k != nil {
		k.source = source
	}
	return k, nil
}

func errKeyFile(path string, err error) *providers.Error {
	e := &providers.Error{Code: providers.Config, Message: "reading " + keyFileVar + ": " + err.Error()}
	// A key where a path belongs is an easy slip, and the cause quotes the path.
	if k, _ := New(path); k != nil {
		e.Message = keyFileVar + " holds a key, not the path of a file"
		e.Hint = "put the key into " + keyVar
	}
	return e
}

// Generate returns a new random key as OpenMetadata and Python's cryptography
// write it: URL-safe base64 with padding.
func Generate() (string, error) {
	var key fernet.Key
	if err := key.Generate(); err != nil {
		return "", fmt.Errorf("generating a Fernet key: %w", err)
	}
	return key.Encode(), nil
}

// Variables are those that hold or name keys.
func Variables() []string { return []string{keyVar, keyFileVar} }
