package delivery

import (
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Memfd is a document in memory, at a path that this process and its children
// can open as a regular file. No file system holds it, and it is gone with the
// last process that has it open. What may stay is the path, a link that leads
// nowhere, until the next run sweeps it.
type Memfd struct {
	// Path is where the document can be opened once it is filled.
	Path string

	fd   int
	dir  *place
	name string
}

// lowestFD is where the document's descriptor is put, if limits allow: scripts
// use low numbers for purposes of their own.
const lowestFD = 100

// NewMemfd makes an empty document and the link to it, whose name ends in
// suffix, in the first of the places that can be used. The errors are ErrMemfd,
// ErrNoProc and a *PlacesError.
func NewMemfd(suffix string, places []string) (*Memfd, error) {
	fd, err := memfd()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMemfd, err)
	}
	m := &Memfd{fd: fd}
	pid, err := procPID()
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	self := current()
	m.name = self.name(fd, suffix)
	refused := &PlacesError{}
	for _, base := range places {
		if err := m.linkIn(base, fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err != nil {
			refused.Refusals = append(refused.Refusals, Refusal{base, err})
			continue
		}
		m.dir.sweep(self)
		return m, nil
	}
	_ = unix.Close(fd)
	return nil, refused
}

// linkIn makes the link in one place, and sees whether it leads to the document.
func (m *Memfd) linkIn(base, target string) error {
	dir, err := openPlace(base)
	if err != nil {
		return err
	}
	if err := dir.link(target, m.name); err != nil {
		dir.close()
		return err
	}
	path := filepath.Join(dir.path, m.name)
	if err := m.leadsHere(path); err != nil {
		_ = dir.remove(m.name)
		dir.close()
		return err
	}
	m.dir, m.Path = dir, path
	return nil
}

func (m *Memfd) leadsHere(path string) error {
	var ours, there unix.Stat_t
	if err := unix.Fstat(m.fd, &ours); err != nil {
		return err
	}
	if err := unix.Stat(path, &there); err != nil {
		return fmt.Errorf("following a link: %w", err)
	}
	if ours.Dev != there.Dev || ours.Ino != there.Ino {
		return errors.New("a link leads somewhere else")
	}
	return nil
}

// memfd makes the descriptor. It is not inherited before [Memfd.Inherit].
func memfd() (int, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err := unix.MemfdCreate("om-secret-exec", flags|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3
		fd, err = unix.MemfdCreate("om-secret-exec", flags)
	}
	if err != nil {
		return -1, err
	}
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, lowestFD)
	if err != nil {
		return fd, nil //nolint:nilerr // a limit on descriptors: the number we have will do
	}
	_ = unix.Close(fd)
	return high, nil
}

// Fill puts data into the document and seals it: nobody can change it any more,
// not even who inherits the descriptor.
func (m *Memfd) Fill(data []byte) error {
	for done := 0; done < len(data); {
		// Pwrite leaves the offset at the start, for who reads the descriptor.
		n, err := unix.Pwrite(m.fd, data[done:], int64(done))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		done += max(n, 0)
	}
	if err := unix.Fchmod(m.fd, 0o400); err != nil {
		return err
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	_, err := unix.FcntlInt(uintptr(m.fd), unix.F_ADD_SEALS, seals)
	return err
}

// Inherit lets the document outlive execve. It is to be called right before.
func (m *Memfd) Inherit() error {
	_, err := unix.FcntlInt(uintptr(m.fd), unix.F_SETFD, 0)
	return err
}

// Remove takes the document and the link back.
func (m *Memfd) Remove() error {
	err := m.dir.remove(m.name)
	m.dir.close()
	return errors.Join(err, unix.Close(m.fd))
}
