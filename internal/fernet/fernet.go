// Package fernet reads and writes values in OpenMetadata's encrypted form:
// `fernet:` and a standard Fernet token, under the server's
// fernetConfiguration.fernetKey.
//
// A token's time is not looked at: OpenMetadata's tokens have no time limit,
// and the clock that wrote one need not agree with ours.
package fernet

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/fernet/fernet-go"

	"om-secret-exec/internal/providers"
)

const prefix = "fernet:"

// minToken is the length of the smallest token there is: version, time,
// initialisation vector, one block, signature. The library below would panic on
// a signed token without a block.
const minToken = 1 + 8 + 16 + 16 + 32

// Is reports whether s is written as an encrypted value. It does not look at
// the token.
func Is(s string) bool { return strings.HasPrefix(s, prefix) }

// Decrypt returns what value, `fernet:TOKEN`, holds; every key is tried. The
// error is CONFIG when k is nil (no key is configured), and DECRYPT when value
// is no token, no key fits, or the result is itself an encrypted value. No
// error quotes the value.
func (k *Keyring) Decrypt(value string) ([]byte, *providers.Error) {
	if k == nil {
		return nil, ErrNoKey("decrypting a fernet: value")
	}
	token, ok := strings.CutPrefix(value, prefix)
	if !ok {
		return nil, k.errDecrypt("the value does not start with fernet:", "")
	}
	if !IsToken(value) {
		return nil, k.errDecrypt("the text after fernet: is not a Fernet token",
			"copy the token whole, its trailing = signs included")
	}
	plain := fernet.VerifyAndDecrypt([]byte(token), 0, k.keys)
	if plain == nil {
		return nil, k.errDecrypt(fmt.Sprintf("none of the configured keys (%d) opens the token", len(k.keys)),
			"use the fernetConfiguration.fernetKey of the OpenMetadata server that encrypted the value; "+
				"after a change of keys set both, separated by a comma")
	}
	if bytes.HasPrefix(plain, []byte(prefix)) {
		return nil, k.errDecrypt("the value is doubly encrypted: decrypting it gave another fernet: value",
			"encrypt the plain value once")
	}
	return plain, nil
}

// Encrypt returns value as `fernet:TOKEN` under the first key, with the present
// time and a random vector. The error is CONFIG when k is nil.
func (k *Keyring) Encrypt(value []byte) (string, error) {
	if k == nil {
		return "", ErrNoKey("encrypting a value")
	}
	token, err := fernet.EncryptAndSign(value, k.keys[0])
	if err != nil {
		return "", fmt.Errorf("encrypting a value: %w", err)
	}
	return prefix + string(token), nil
}

func (k *Keyring) errDecrypt(message, hint string) *providers.Error {
	return &providers.Error{Code: providers.Decrypt, Message: message, Place: k.source, Hint: hint}
}

// ErrNoKey is the error, CONFIG, of doing something without a key.
func ErrNoKey(doing string) *providers.Error {
	return &providers.Error{
		Code:    providers.Config,
		Message: doing + ": no Fernet key is set",
		Hint: "set FERNET_KEY (or FERNET_KEY_FILE) to the fernetConfiguration.fernetKey of the OpenMetadata server, " +
			"not to Airflow's core.fernet_key",
	}
}
