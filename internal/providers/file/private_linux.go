package file

import (
	"os"

	"golang.org/x/sys/unix"
)

// onSafeFS reports whether f lies on a read-only or a memory file system: that
// is how Kubernetes and container images hand secrets over, with modes of their
// own choice.
func onSafeFS(f *os.File) bool {
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil {
		return false
	}
	// The type's width differs between architectures.
	magic := uint32(st.Type) //nolint:gosec // magic numbers have 32 bits
	return st.Flags&unix.ST_RDONLY != 0 || magic == unix.TMPFS_MAGIC || magic == unix.RAMFS_MAGIC
}
