package reference_test

import (
	"testing"

	"om-secret-exec/internal/reference"
)

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"secret:/a/b":                      "secret:/a/b",
		"/a/b?default=S3NTINEL":            "/a/b?...",
		"secret:/a#f":                      "secret:/a#f",
		"secret:/a?version=1&store=n":      "secret:/a?version=1&store=n",
		"secret:/a?default=S3NTINEL":       "secret:/a?...",
		"secret:/a?default=S3&NTINEL":      "secret:/a?...",
		"secret:/a?dflt=S3NTINEL#f":        "secret:/a?...",
		"secret:/a?version=1&default=#x":   "secret:/a?...",
		"secret:/a?version=1&default=%3Fx": "secret:/a?...",
		"secret:/a?default%3DS3NTINEL":     "secret:/a?...",
		"secret:/a?default=a#S3NTINEL":     "secret:/a?...",
	} {
		if got := reference.Shown(in); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
	}
}
