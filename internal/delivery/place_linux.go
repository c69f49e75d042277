package delivery

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The reasons for which the directory of a user's links is not used.
var (
	errNotOurs = errors.New("is somebody else's")
	errOpen    = errors.New("has not mode 0700")
	errShared  = errors.New("others can write there, and it has no sticky bit")
)

// place is a user's directory for links, held open: what is done in it is done
// in the directory that was verified, whatever its path has come to mean.
type place struct {
	path string
	fd   int
}

// openPlace opens our directory in base and makes it if it is not there. One
// that we do not own alone is refused: who made it could swap the links.
func openPlace(base string) (*place, error) {
	name := fmt.Sprintf("om-secret-exec-%d", os.Geteuid())
	parent, err := unix.Open(base, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(parent) //nolint:errcheck // a path, not a file
	if err := verifyParent(parent); err != nil {
		return nil, err
	}
	err = unix.Mkdirat(parent, name, 0o700)
	made := err == nil
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return nil, err
	}
	path := filepath.Join(base, name)
	// O_PATH: a umask may have made it unreadable even for us.
	handle, err := unix.Openat(parent, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err) // a symbolic link: not a directory
	}
	defer unix.Close(handle) //nolint:errcheck // a path, not a file
	if err := verify(handle, made); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	fd, err := unix.Openat(handle, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &place{path, fd}, nil
}

// verifyParent makes sure that nobody but root can put another directory in the
// place of ours.
func verifyParent(fd int) error {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	const others = unix.S_IWGRP | unix.S_IWOTH
	if stat.Mode&others != 0 && stat.Mode&unix.S_ISVTX == 0 {
		return errShared
	}
	switch int(stat.Uid) {
	case 0, os.Geteuid(), overflowUID():
		return nil
	}
	return errNotOurs
}

// overflowUID stands for every user whom our user namespace does not know. In a
// container without root that may be the machine's root: it cannot be judged.
func overflowUID() int {
	text, err := os.ReadFile("/proc/sys/kernel/overflowuid")
	if err == nil {
		if uid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return uid
		}
	}
	return 65534
}

// verify makes sure that a directory is ours alone. The mode of one that we have
// just made is mended first: a umask takes bits away, and a parent with the
// set-group-id bit hands that on.
func verify(fd int, made bool) error {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if int(stat.Uid) != os.Geteuid() {
		return errNotOurs
	}
	switch {
	case stat.Mode&0o7777 == 0o700:
		return nil
	case !made:
		return errOpen
	}
	// Descriptors that are paths can be changed by way of /proc only.
	return unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), 0o700)
}

// link makes a link of this name. One that is there already is of this very
// process, from before it became us.
func (p *place) link(target, name string) error {
	err := unix.Symlinkat(target, p.fd, name)
	if errors.Is(err, unix.EEXIST) {
		if err := unix.Unlinkat(p.fd, name, 0); err != nil {
			return err
		}
		err = unix.Symlinkat(target, p.fd, name)
	}
	return err
}

func (p *place) remove(name string) error { return unix.Unlinkat(p.fd, name, 0) }

// sweep removes the links whose processes are gone. It is a courtesy: that
// something cannot be removed is no reason to fail.
func (p *place) sweep(self owner) {
	fd, err := unix.Openat(p.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	dir := os.NewFile(uintptr(fd), p.path)
	defer dir.Close() //nolint:errcheck // only read from
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if sweepable(name, self) {
			_ = p.remove(name)
		}
	}
}

func (p *place) close() { _ = unix.Close(p.fd) }
