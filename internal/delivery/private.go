package delivery

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Private is a document in a file that only its owner can read. It is there
// until [Private.Remove]; if the process is killed, until the next run with the
// same directory.
type Private struct {
	// Path is where the document is, absolute.
	Path string

	dir  *os.Root
	name string
}

// OpenPrivate prepares a document in directory dir, whose name ends in suffix,
// and removes what ended runs have left there. The file itself is made by Fill,
// so that a run that ends before has nothing to remove.
func OpenPrivate(dir, suffix string) (*Private, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, reason(err)
	}
	if err := writable(dir); err != nil {
		_ = root.Close()
		return nil, err
	}
	self := current()
	name := self.name(0, suffix)
	if err := sweepFiles(root, self); err != nil {
		_ = root.Close()
		return nil, err
	}
	return &Private{Path: filepath.Join(dir, name), dir: root, name: name}, nil
}

// sweepFiles removes the files of runs that are gone. Unlike a link, such a file
// holds secrets: that one cannot be removed is an error.
func sweepFiles(root *os.Root, self owner) error {
	dir, err := root.Open(".")
	if err != nil {
		return reason(err)
	}
	defer dir.Close() //nolint:errcheck // only read from
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return reason(err)
	}
	for _, name := range names {
		if !sweepable(name, self) || !regularAndOurs(root, name) {
			continue
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing what an earlier run left: %w", reason(err))
		}
	}
	return nil
}

// regularAndOurs tells whether a name is a file of this user: others may have
// made theirs in a directory that is everybody's.
func regularAndOurs(root *os.Root, name string) bool {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// Fill makes the file, mode 0600, with data in it: whole, or not at all.
func (p *Private) Fill(data []byte) error {
	f, err := p.dir.OpenFile(p.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return reason(err)
	}
	err = f.Chmod(0o600) // the umask may have taken bits away
	if err == nil {
		_, err = f.Write(data)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(reason(err), reason(p.Remove()))
	}
	return nil
}

// Remove removes the file, if there is one.
func (p *Private) Remove() error {
	err := p.dir.Remove(p.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return reason(err)
}
