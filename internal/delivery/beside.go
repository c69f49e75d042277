package delivery

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// errForeign is about a name that only we give to files.
var errForeign = errors.New("is not a regular file; remove it")

// beside writes data into a file that is to take the place of path, and lets
// finish do to it what else has to be done. The file's name is one that the next
// run finds and removes, so that a killed run leaves at most one. It is locked,
// which tells other runs that this one is alive, until the caller closes it.
func beside(path string, data []byte, finish func(*os.File) error) (*os.File, error) {
	temp := besideName(path)
	if err := removeStale(temp); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, reason(err)
	}
	if err := lock(f); errors.Is(err, ErrBusy) {
		_ = f.Close() // the name is another run's now
		return nil, err
	} else if err != nil {
		return nil, errors.Join(reason(err), discard(f))
	}
	if err := fill(f, data, finish); err != nil {
		return nil, errors.Join(reason(err), discard(f))
	}
	return f, nil
}

// longestName is how long a name may be to be part of another. File systems
// allow 255 bytes, and some that encrypt names 143.
const longestName = 100

// besideName is the same for every run that writes path.
func besideName(path string) string {
	dir, name := filepath.Dir(path), filepath.Base(path)
	if len(name) > longestName {
		name = fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	}
	return filepath.Join(dir, "."+name+".om-secret-exec")
}

func fill(f *os.File, data []byte, finish func(*os.File) error) error {
	// The umask may have taken bits away, and a mount option may have added some.
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := finish(f); err != nil {
		return err
	}
	return f.Sync()
}

// replace puts a file from [beside] in the place of path, or removes it.
func replace(path string, f *os.File) error {
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(reason(err), discard(f))
	}
	_ = f.Close() // the data was synced
	return nil
}

// discard removes a file from [beside]. The lock goes last.
func discard(f *os.File) error {
	err := reason(os.Remove(f.Name()))
	return errors.Join(err, reason(f.Close()))
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
	if err := tryLock(f); err != nil {
		return err
	}
	now, err := os.Lstat(f.Name())
	return stillIs(f, now, err)
}
