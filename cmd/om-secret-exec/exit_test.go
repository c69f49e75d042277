package main

import (
	"testing"

	"om-secret-exec/internal/providers"
)

// TestEveryCodeHasItsExit names each code of the closed list, so that a new one
// cannot fall through to the exit code of a bug.
func TestEveryCodeHasItsExit(t *testing.T) {
	t.Parallel()
	want := map[providers.Code]int{
		providers.InvalidRef: 3, providers.NotFound: 3, providers.FieldNotFound: 3, providers.VersionNotFound: 3,
		providers.Disabled: 3, providers.BadValue: 3, providers.NotUTF8: 3, providers.TooLarge: 3,
		providers.Unauthenticated: 3, providers.PermissionDenied: 3, providers.Policy: 3, providers.TLS: 3,
		providers.Decrypt: 3, providers.Throttled: 5, providers.Timeout: 5, providers.Unavailable: 3,
		providers.Cancelled: 5, providers.Config: 2, providers.UnsupportedProvider: 2, providers.Document: 2,
		providers.Output: 74, providers.Internal: 70,
	}
	for _, code := range providers.Codes() {
		if got := classOf(&providers.Error{Code: code}); got != want[code] {
			t.Errorf("classOf(%s) = %d, want %d", code, got, want[code])
		}
	}
}

func TestUnavailableForNow(t *testing.T) {
	t.Parallel()
	for _, e := range []*providers.Error{
		{Code: providers.Unavailable, Retryable: true},
		{Code: providers.Unavailable, Refused: true},
	} {
		if got := classOf(e); got != exitRetry {
			t.Errorf("classOf(%+v) = %d, want %d", e, got, exitRetry)
		}
	}
}

func TestExitOfARun(t *testing.T) {
	t.Parallel()
	fail := func(store string, codes ...providers.Code) []failure {
		var fs []failure
		for _, c := range codes {
			fs = append(fs, failure{store: store, err: &providers.Error{Code: c}})
		}
		return fs
	}
	tests := []struct {
		name     string
		failures []failure
		accepted string // a store that answered something
		want     int
	}{
		{"one that is not there", fail("", providers.NotFound), "", 3},
		{"only time", fail("", providers.Timeout, providers.Throttled), "", 5},
		{"time and a typo: mend the typo", fail("", providers.Timeout, providers.NotFound), "", 3},
		{"refused everything", fail("", providers.PermissionDenied, providers.Unauthenticated), "-", 4},
		{"refused one of several", fail("", providers.PermissionDenied), "", 3},
		{"refused by one store, another answers", fail("other", providers.PermissionDenied), "", 4},
		{"refused, and time by another", append(fail("", providers.Timeout), fail("other", providers.PermissionDenied)...), "", 4},
		{"a setting before all references", fail("", providers.NotFound, providers.Config), "", 2},
		{"a bug before everything", fail("", providers.Config, providers.Internal), "", 70},
		{"output alone", fail("", providers.Output), "", 74},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &failedError{failures: tt.failures, accepted: map[string]bool{tt.accepted: true}}
			if got := f.exit(); got != tt.want {
				t.Errorf("exit() = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"plain é 😀", "plain é 😀"},
		{"two\nlines", `two\nlines`},
		{"\x1b[31mred", `\x1b[31mred`},
		{"\u0085 \u009b", `\u0085 \u009b`},
		{"\u061c\u200e\u200f\u202a\u202e\u2066\u2069", `\u061c\u200e\u200f\u202a\u202e\u2066\u2069`},
		{"\u200b\ufeff\U000e0001 \u2028\u2029", `\u200b\ufeff\U000e0001 \u2028\u2029`},
	}
	for _, tt := range tests {
		if got := printable(tt.in); got != tt.want {
			t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
