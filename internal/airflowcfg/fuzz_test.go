package airflowcfg

import (
	"strings"
	"testing"
)

// FuzzFile plants a secret as a value between two arbitrary texts: nothing
// panics, no error or source shows the secret, and reading ends.
func FuzzFile(f *testing.F) {
	for _, seed := range [][2]string{
		{"[s]", ""},
		{"[s]", "%"},
		{"[s]", "%(x)s"},
		{"[s]\na=1", ""},
		{"", ""},
		{"[s]\nbare", ""},
		{"[s]\n=1", "\n=2"},
		{"[s]", "$LOOP"},
		{"\ufeff[s]", ""},
		{"[s]\n[s]", ""},
		{"[s]", "\xff"},
		{"[DEFAULT]\n[s]", "\n b\n\n c\n[DEFAULT]\na=2"},
		{"[s]", "\r\x1c#\u0085"},
		{"[s]", "%(a)s"},
	} {
		f.Add(seed[0], seed[1])
	}
	const secret = "S3NTINEL"
	env := lookupIn(map[string]string{"LOOP": "$POOL", "POOL": "$LOOP", "HOME": "/h"})
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before, secret) || strings.Contains(after, secret) {
			return
		}
		text := before + "\na = " + secret + after
		table, err := parse("airflow.cfg", []byte(text))
		if err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("parse(%q): %v shows the value", text, err)
			}
			return
		}
		c := &Config{table: table, expander: expander{env: env, home: lookupIn(nil)}}
		for k := range table.lines {
			value, at, _, err := c.fromFile(k)
			if err != nil && (strings.Contains(err.Error(), secret) || value != "") {
				t.Errorf("%q of %q: %v, %q show the value", k, text, err, value)
			}
			if strings.Contains(at.String(), secret) {
				t.Errorf("%q of %q: source %q shows the value", k, text, at)
			}
		}
	})
}
