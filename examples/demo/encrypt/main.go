// Command encrypt is a part of the demonstration: it reads a JSON map of secrets
// on standard input and writes it with every value Fernet encrypted, as the file
// store takes it. The key is FERNET_KEY.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"om-secret-exec/internal/fernet"
)

func main() {
	if err := encrypt(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "encrypt:", err)
		os.Exit(1)
	}
}

func encrypt(r io.Reader, w io.Writer) error {
	keys, err := fernet.FromEnv(os.LookupEnv, nil)
	if err != nil {
		return err
	}
	secrets := map[string]string{}
	if err := json.NewDecoder(r).Decode(&secrets); err != nil {
		return fmt.Errorf("reading the secrets: not a JSON map of strings")
	}
	for id, value := range secrets {
		if secrets[id], err = keys.Encrypt([]byte(value)); err != nil {
			return err
		}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(secrets)
}
