package fernet

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/fernet/fernet-go"

	"om-secret-exec/internal/providers"
)

const sentinel = "S3NTINEL"

func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Keys    string
		Vectors []struct {
			Name, Token string
			Plain       *string // base64; absent when no key may open the token
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	ring := mustNew(t, file.Keys)
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			got, err := ring.Decrypt("fernet:" + v.Token)
			if v.Plain == nil {
				if err == nil || err.Code != providers.Decrypt {
					t.Errorf("Decrypt(%q) error = %v, want DECRYPT", v.Token, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("Decrypt(%q) error = %v", v.Token, err)
			}
			if text := base64.StdEncoding.EncodeToString(got); text != *v.Plain {
				t.Errorf("Decrypt(%q) = %q, want %q", v.Token, text, *v.Plain)
			}
		})
	}
}

func TestEncryptUsesTheFirstKey(t *testing.T) {
	first, second := generate(t), generate(t)
	text, err := mustNew(t, first+","+second).Encrypt([]byte(sentinel))
	if err != nil {
		t.Fatal(err)
	}
	if !Is(text) {
		t.Errorf("Encrypt gave %q, want a fernet: value", text)
	}
	got, derr := mustNew(t, first).Decrypt(text)
	if derr != nil || string(got) != sentinel {
		t.Errorf("Decrypt with the first key = %q, %v, want %q", got, derr, sentinel)
	}
	if _, derr := mustNew(t, second).Decrypt(text); derr == nil {
		t.Error("the second key alone decrypts what the ring encrypted")
	}
}

func TestDecryptErrors(t *testing.T) {
	ring := mustNew(t, generate(t))
	inner, err := ring.Encrypt([]byte(sentinel))
	if err != nil {
		t.Fatal(err)
	}
	doubly, err := ring.Encrypt([]byte(inner))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, in string
		ring     *Keyring
		code     providers.Code
		message  string
	}{
		{"no key", inner, nil, providers.Config, "no Fernet key is set"},
		{"not a token", "fernet:" + sentinel, ring, providers.Decrypt, "not a Fernet token"},
		{"no prefix", sentinel, ring, providers.Decrypt, "does not start with fernet:"},
		{"text after the token", inner + "!" + sentinel, ring, providers.Decrypt, "not a Fernet token"},
		{"signed, but without a block", short(t, ring), ring, providers.Decrypt, "not a Fernet token"},
		{"wrong key", inner, mustNew(t, generate(t)+","+generate(t)), providers.Decrypt, "none of the configured keys (2)"},
		{"doubly encrypted", doubly, ring, providers.Decrypt, "doubly encrypted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.ring.Decrypt(tt.in)
			if err == nil {
				t.Fatalf("Decrypt(%q) = %q, want an error", tt.in, got)
			}
			if err.Code != tt.code || !strings.Contains(err.Message, tt.message) {
				t.Errorf("Decrypt(%q) error = %v, want %s: ...%s", tt.in, err, tt.code, tt.message)
			}
			token := strings.TrimPrefix(tt.in, "fernet:")
			if text := fmt.Sprintf("%+v", *err); strings.Contains(text, token) || strings.Contains(text, sentinel) {
				t.Errorf("Decrypt error %s quotes the value", text)
			}
		})
	}
}

// short returns a correctly signed token whose payload has no block.
func short(t *testing.T, ring *Keyring) string {
	t.Helper()
	full, err := fernet.EncryptAndSign(nil, ring.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.URLEncoding.DecodeString(string(full))
	if err != nil {
		t.Fatal(err)
	}
	return prefix + base64.URLEncoding.EncodeToString(raw[:57])
}

func TestEncryptWithoutKey(t *testing.T) {
	var ring *Keyring
	got, err := ring.Encrypt([]byte(sentinel))
	var e *providers.Error
	if !errors.As(err, &e) || e.Code != providers.Config || strings.Contains(err.Error()+e.Hint, sentinel) {
		t.Errorf("Encrypt without a key = %q, %v, want CONFIG without the value", got, err)
	}
}

func generate(t *testing.T) string {
	t.Helper()
	key, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustNew(t *testing.T, keys string) *Keyring {
	t.Helper()
	ring, err := New(keys)
	if err != nil || ring == nil {
		t.Fatalf("New(%q) = %v, %v", keys, ring, err)
	}
	return ring
}
