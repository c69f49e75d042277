// Package delivery hands the resolved document over without leaving it anywhere
// that it was not asked to be.
package delivery

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The reasons for which an output path is refused before any work is done.
var (
	// ErrSymlink refuses to write through a symbolic link: whoever can place
	// the link would choose where the secrets go.
	ErrSymlink = errors.New("is a symbolic link")
	// ErrNotRegular refuses devices, directories and pipes.
	ErrNotRegular = errors.New("is not a regular file")
	// ErrBusy means that another run is writing the same file right now.
	ErrBusy = errors.New("another run is writing it")
)

// errForeign is about a name that only we give to files.
var errForeign = errors.New("is not a regular file; remove it")

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
	return nil
}

// WriteFile makes path hold data, with mode 0600: whole, by an atomic rename,
// or not at all. The data is in a file beside it until then, of a name that the
// next run finds and removes, so that a killed run leaves at most one.
func WriteFile(path string, data []byte) error {
	if err := Check(path); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".om-secret-exec")
	if err := removeStale(temp); err != nil {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return reason(err)
	}
	// Closed last: the lock tells other runs that this one is alive.
	defer f.Close() //nolint:errcheck // the data was synced, or the file is gone
	if err := fill(f, data); err != nil {
		return errors.Join(reason(err), reason(os.Remove(temp)))
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(reason(err), reason(os.Remove(temp)))
	}
	return nil
}

func fill(f *os.File, data []byte) error {
	if err := lock(f); err != nil {
		return err
	}
	// The umask may have taken bits away, and a mount option may have added some.
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// removeStale removes what a killed run left at temp. A file whose lock is held
// belongs to a run that is alive; what is no file is none of ours.
func removeStale(temp string) error {
	// Opening a pipe that somebody put there would wait for a writer.
	f, err := os.OpenFile(temp, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close() //nolint:errcheck // nothing was written
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
			err = errForeign
		}
	}
	if err != nil {
		return fmt.Errorf("looking for what an earlier run may have left, %s: %w", filepath.Base(temp), reason(err))
	}
	if err := lock(f); err != nil {
		return err
	}
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing what an earlier run left: %w", reason(err))
	}
	return nil
}

// lock takes the lock of f and makes sure that f is still the file of its name:
// only who holds the lock of the file there may remove or rename it.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	if err != nil {
		return err
	}
	ours, err := f.Stat()
	if err != nil {
		return err
	}
	if now, err := os.Lstat(f.Name()); err != nil || !os.SameFile(ours, now) {
		return ErrBusy
	}
	return nil
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
