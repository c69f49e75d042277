package delivery

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// ourPrefix starts the names of everything that a later run may sweep.
const ourPrefix = "om-secret-exec."

// privateName is what files of [Private] are called: nothing else that somebody
// keeps in the same directory is.
var privateName = regexp.MustCompile(`^` + regexp.QuoteMeta(ourPrefix) + `[A-Z2-7]{26}\.[a-z]+$`)

// Private is a document in a file that only its owner can read. It is there
// until [Private.Remove]; if the process is killed, until the next run with the
// same directory. The file is locked while the process lives: by that the next
// run knows, also one in another container or after a restart.
type Private struct {
	// Path is where the document is, absolute.
	Path string

	dir  *os.Root
	name string
	file *os.File // holds the lock; nil before Fill
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
	if err = writable(dir); err == nil {
		err = sweepFiles(root)
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	name := ourPrefix + rand.Text() + suffix
	return &Private{Path: filepath.Join(dir, name), dir: root, name: name}, nil
}

// sweepFiles removes the files of runs that are gone. Unlike a link, such a file
// holds secrets: that one cannot be removed is an error.
func sweepFiles(root *os.Root) error {
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
		if !privateName.MatchString(name) || !regularAndOurs(root, name) {
			continue
		}
		if err := sweepFile(root, name); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrBusy) {
			return fmt.Errorf("removing what an earlier run left, %s: %w", name, reason(err))
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

// sweepFile removes a file, unless its run is alive: then it is ErrBusy.
func sweepFile(root *os.Root, name string) error {
	// For writing, because NFS locks no other files.
	f, err := root.OpenFile(name, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if err := tryLock(f); err != nil {
		return err
	}
	now, err := root.Lstat(name)
	if err := stillIs(f, now, err); err != nil {
		return err
	}
	return root.Remove(name)
}

// Fill makes the file, mode 0600, with data in it: whole, or not at all.
func (p *Private) Fill(data []byte) error {
	if err := p.create(); err != nil {
		return reason(err)
	}
	err := p.file.Chmod(0o600) // the umask may have taken bits away
	if err == nil {
		_, err = p.file.Write(data)
	}
	if err != nil {
		return errors.Join(reason(err), p.Remove())
	}
	return nil
}

// create makes the file and locks it. Another run may have come in between and
// have swept it: then it is made again.
func (p *Private) create() error {
	for {
		f, err := p.dir.OpenFile(p.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		// Who sweeps has the lock for a moment, and then the file is gone.
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err == nil {
			now, gone := p.dir.Lstat(p.name)
			err = stillIs(f, now, gone)
		}
		if err == nil {
			p.file = f
			return nil
		}
		_ = f.Close()
		if !errors.Is(err, ErrBusy) {
			return errors.Join(err, p.Remove())
		}
	}
}

// Remove removes the file, if there is one. The lock goes last.
func (p *Private) Remove() error {
	err := p.dir.Remove(p.name)
	if p.file != nil {
		_ = p.file.Close()
		p.file = nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return reason(err)
}
