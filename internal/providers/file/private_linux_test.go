package file

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMemoryFile reads plaintext of mode 0777 from a memfd, which the kernel
// keeps on a tmpfs of its own.
func TestMemoryFile(t *testing.T) {
	fd, err := unix.MemfdCreate("secrets", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "memfd")
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString("a: x\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Chmod(0o777); err != nil {
		t.Fatal(err)
	}
	st, err := openAt(t, fmt.Sprintf("/proc/self/fd/%d", fd), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, st, "a")["a"].Value; got != "x" {
		t.Errorf("a = %q, want %q", got, "x")
	}
}
