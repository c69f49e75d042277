//go:build !linux

package delivery

// copyAttributes is for Linux: elsewhere only mode, owner and group are kept.
func copyAttributes(string, string) error { return nil }
