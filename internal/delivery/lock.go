package delivery

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// ErrBusy means that another run has the same file in hand right now.
var ErrBusy = errors.New("another run is writing it")

// tryLock takes the lock of f, or gives ErrBusy. The lock is f's until it is
// closed, also by the death of its process; programs that are started do not get
// it, since what Go opens is closed on execve.
func tryLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	return err
}

// stillIs gives ErrBusy if f is not the file that its name stands for now, which
// is the result of an Lstat made while f was locked: between opening a file and
// locking it, somebody else may have removed it.
func stillIs(f *os.File, now fs.FileInfo, err error) error {
	if err != nil {
		return ErrBusy
	}
	ours, err := f.Stat()
	if err == nil && !os.SameFile(ours, now) {
		return ErrBusy
	}
	return err
}
