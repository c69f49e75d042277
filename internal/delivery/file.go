// Package delivery hands the resolved document over without leaving it anywhere
// that it was not asked to be.
package delivery

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// The reasons for which an output path is refused before any work is done.
var (
	// ErrSymlink refuses to write through a symbolic link: whoever can place
	// the link would choose where the secrets go.
	ErrSymlink = errors.New("is a symbolic link")
	// ErrNotRegular refuses devices, directories and pipes.
	ErrNotRegular = errors.New("is not a regular file")
)

// Check tells whether WriteFile could write path, as far as that can be told
// without writing: callers ask before they fetch secrets in vain.
func Check(path string) error {
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return reason(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return ErrSymlink
	case !info.Mode().IsRegular():
		return ErrNotRegular
	}
	switch info, err := os.Stat(filepath.Dir(path)); {
	case err != nil:
		return fmt.Errorf("its directory: %w", reason(err))
	case !info.IsDir():
		return errors.New("its directory is not a directory")
	}
	if err := writable(filepath.Dir(path)); err != nil {
		return fmt.Errorf("its directory: %w", err)
	}
	return nil
}

// writable tells whether files can be made in a directory.
func writable(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }

// WriteFile makes path hold data, with mode 0600: whole, by an atomic rename,
// or not at all. The data is in a file beside it until then.
func WriteFile(path string, data []byte) error {
	if err := Check(path); err != nil {
		return err
	}
	temp, err := beside(path, data, func(*os.File) error { return nil })
	if err != nil {
		return err
	}
	return replace(path, temp)
}

// reason drops the path that the os package puts into its errors; callers name
// the path they were given.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
