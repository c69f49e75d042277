package delivery

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The reasons, besides those of [Check], for which a file is not replaced.
var (
	// ErrChanged means that the file is not what was read: somebody wrote it or
	// put another in its place.
	ErrChanged = errors.New("was changed by somebody else meanwhile")
	// ErrLinked refuses a file with several names: the others would go on
	// holding the old content.
	ErrLinked = errors.New("has other names (hard links)")
)

// Replacement is new content that waits beside a file for [Replacement.Commit]
// or [Replacement.Discard]; one of them must be called. Several files are
// replaced with little risk of stopping half-way by preparing all of them first.
type Replacement struct {
	path string
	read fs.FileInfo
	temp *os.File
}

// CheckReplace tells whether Replace could take the place of the file that read
// describes, as far as that can be told without writing.
func CheckReplace(path string, read fs.FileInfo) error {
	now, err := os.Lstat(path)
	switch {
	case err != nil:
		return reason(err)
	case now.Mode()&fs.ModeSymlink != 0:
		return ErrSymlink
	case !now.Mode().IsRegular():
		return ErrNotRegular
	case !os.SameFile(now, read) || now.Size() != read.Size() || !now.ModTime().Equal(read.ModTime()):
		return ErrChanged
	}
	if s, ok := now.Sys().(*syscall.Stat_t); ok && s.Nlink > 1 {
		return ErrLinked
	}
	return nil
}

// Replace writes data beside the file at path, which is what read describes: it
// was taken when the file was open. The new file has the old one's mode, owner
// and group, or it is an error; on Linux also its extended attributes, access
// lists among them. Its name is one that the next run removes.
func Replace(path string, read fs.FileInfo, data []byte) (*Replacement, error) {
	if err := CheckReplace(path, read); err != nil {
		return nil, err
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".om-secret-exec")
	if err := removeStale(temp); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, reason(err)
	}
	r := &Replacement{path: path, read: read, temp: f}
	if err := r.fill(data); err != nil {
		return nil, errors.Join(reason(err), r.Discard())
	}
	return r, nil
}

// fill gives the new file its content before anybody else may read it.
func (r *Replacement) fill(data []byte) error {
	if err := lock(r.temp); err != nil {
		return err
	}
	if _, err := r.temp.Write(data); err != nil {
		return err
	}
	if old, ok := r.read.Sys().(*syscall.Stat_t); ok {
		if err := r.temp.Chown(int(old.Uid), int(old.Gid)); err != nil {
			return err
		}
	}
	if err := copyAttributes(r.temp.Name(), r.path); err != nil {
		return err
	}
	// Last, because a change of owner takes bits away.
	const all = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	if err := r.temp.Chmod(r.read.Mode() & all); err != nil {
		return err
	}
	return r.temp.Sync()
}

// Commit puts the new file in the old one's place.
func (r *Replacement) Commit() error {
	if err := CheckReplace(r.path, r.read); err != nil {
		return errors.Join(err, r.Discard())
	}
	if err := os.Rename(r.temp.Name(), r.path); err != nil {
		return errors.Join(reason(err), r.Discard())
	}
	return reason(r.temp.Close())
}

// Discard leaves the file as it is, and removes the new content.
func (r *Replacement) Discard() error {
	err := reason(os.Remove(r.temp.Name()))
	return errors.Join(err, reason(r.temp.Close()))
}
