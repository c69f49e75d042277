package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"om-secret-exec/internal/delivery"
)

// TestDeliveryHints: each hint is something that helps.
func TestDeliveryHints(t *testing.T) {
	t.Parallel()
	places := func(errs ...error) error {
		refused := &delivery.PlacesError{}
		for _, err := range errs {
			refused.Refusals = append(refused.Refusals, delivery.Refusal{Place: "/run", Err: err})
		}
		return deliveryError(refused)
	}
	memfd := func(err error) error { return deliveryError(fmt.Errorf("%w: %w", delivery.ErrMemfd, err)) }
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"no place", places(syscall.EROFS, syscall.EACCES), "set TMPDIR"},
		{"few descriptors", places(syscall.ENOENT, fmt.Errorf("/run/om-secret-exec-0: %w", syscall.EMFILE)), "ulimit -n"},
		{"few in the system", places(syscall.ENFILE), "fs.file-max"},
		{"few for the memory file", memfd(syscall.EMFILE), "ulimit -n"},
		{"no memory file", memfd(syscall.ENOSYS), "--file DIR"},
		{"no proc", deliveryError(delivery.ErrNoProc), "mount /proc"},
		{"few for an output", outputError("x.yaml", syscall.EMFILE), "ulimit -n"},
		{"may not write", outputError("x.yaml", fmt.Errorf("its directory: %w", syscall.EACCES)), "choose a directory"},
		{"read-only", outputError("x.yaml", syscall.EROFS), "choose a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := hintOf(t, tt.err); !strings.Contains(got, tt.want) {
				t.Errorf("hint %q, want %q", got, tt.want)
			} else if strings.HasPrefix(tt.name, "few") && strings.Contains(got, "TMPDIR") {
				t.Errorf("hint %q: another place does not help", got)
			}
		})
	}
}

func hintOf(t *testing.T, err error) string {
	t.Helper()
	var coded *codedError
	if errors.As(err, &coded) {
		return coded.hint
	}
	var fail *failedError
	if !errors.As(err, &fail) || len(fail.failures) != 1 {
		t.Fatalf("%v has no hint", err)
	}
	return fail.failures[0].err.Hint
}
