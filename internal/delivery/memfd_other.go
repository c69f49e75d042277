//go:build !linux

package delivery

import "errors"

// ErrNoProc means that there is no /proc; outside Linux nobody asks.
var ErrNoProc = errors.New("/proc is not there")

// Memfd is a document in memory, which only Linux has.
type Memfd struct{ Path string }

// NewMemfd fails with ErrMemfd.
func NewMemfd(string, []string) (*Memfd, error) { return nil, ErrMemfd }

// Fill fails with ErrMemfd.
func (*Memfd) Fill([]byte) error { return ErrMemfd }

// Inherit fails with ErrMemfd.
func (*Memfd) Inherit() error { return ErrMemfd }

// Remove does nothing: nothing was made.
func (*Memfd) Remove() error { return nil }
