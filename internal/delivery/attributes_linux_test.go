package delivery

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

func TestReplaceKeepsAttributes(t *testing.T) {
	t.Parallel()
	path, read := old(t, 0o640)
	const name = "user.om-secret-exec"
	if err := syscall.Setxattr(path, name, []byte("kept"), 0); errors.Is(err, syscall.ENOTSUP) {
		t.Skipf("%s is on a file system without extended attributes", filepath.Dir(path))
	} else if err != nil {
		t.Fatal(err)
	}
	r, err := Replace(path, read, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	value, err := attribute(func(dest []byte) (int, error) { return syscall.Getxattr(path, name, dest) })
	if err != nil || string(value) != "kept" {
		t.Errorf("the attribute is %q, %v, want %q", value, err, "kept")
	}
}
