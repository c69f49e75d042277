package delivery

import (
	"errors"
	"strings"
	"syscall"
)

// copyAttributes gives a file the extended attributes of another: access lists
// are such, and without theirs the mode means something else. Those that only
// the system sets are left to it.
func copyAttributes(to, from string) error {
	list, err := attribute(func(dest []byte) (int, error) { return syscall.Listxattr(from, dest) })
	if err != nil {
		return unsupported(err)
	}
	for _, name := range strings.Split(strings.TrimRight(string(list), "\x00"), "\x00") {
		if name == "" || strings.HasPrefix(name, "security.") || strings.HasPrefix(name, "trusted.") {
			continue
		}
		value, err := attribute(func(dest []byte) (int, error) { return syscall.Getxattr(from, name, dest) })
		if err != nil {
			return err
		}
		if err := syscall.Setxattr(to, name, value, 0); err != nil {
			return err
		}
	}
	return nil
}

// attribute asks for a size, and then for that many bytes.
func attribute(ask func(dest []byte) (int, error)) ([]byte, error) {
	size, err := ask(nil)
	if err != nil || size == 0 {
		return nil, err
	}
	dest := make([]byte, size)
	size, err = ask(dest)
	return dest[:max(size, 0)], err
}

func unsupported(err error) error {
	if errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
