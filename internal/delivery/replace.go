package delivery

import (
	"errors"
	"io/fs"
	"os"
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
	temp, err := beside(path, data, func(f *os.File) error { return copyOwner(f, path, read) })
	if err != nil {
		return nil, err
	}
	return &Replacement{path: path, read: read, temp: temp}, nil
}

// copyOwner gives a new file what says who may use the old one.
func copyOwner(f *os.File, path string, read fs.FileInfo) error {
	if old, ok := read.Sys().(*syscall.Stat_t); ok {
		if err := f.Chown(int(old.Uid), int(old.Gid)); err != nil {
			return err
		}
	}
	if err := copyAttributes(f.Name(), path); err != nil {
		return err
	}
	// Last, because a change of owner takes bits away.
	const all = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	return f.Chmod(read.Mode() & all)
}

// Commit puts the new file in the old one's place.
func (r *Replacement) Commit() error {
	if err := CheckReplace(r.path, r.read); err != nil {
		return errors.Join(err, r.Discard())
	}
	return replace(r.path, r.temp)
}

// Discard leaves the file as it is, and removes the new content.
func (r *Replacement) Discard() error { return discard(r.temp) }
