package delivery_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/delivery"
)

// TestWriteFileLongName: the name that a file has until it is whole is no longer
// than a file system allows, and as well known.
func TestWriteFileLongName(t *testing.T) {
	t.Parallel()
	const stale = ".b0f3323e7a3cad8ae6778340cc2a17ae0cb31c818df3767cda7c3dd423725e90.om-secret-exec"
	for _, length := range []int{100, 101, 239, 240, 255} {
		dir := t.TempDir()
		out := filepath.Join(dir, strings.Repeat("a", length))
		if length == 255 {
			if err := os.WriteFile(filepath.Join(dir, stale), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := delivery.WriteFile(out, []byte("whole")); err != nil {
			t.Errorf("%d bytes: %v", length, err)
		}
		if left := names(t, dir); len(left) != 1 {
			t.Errorf("%d bytes: directory holds %q, want the file alone", length, left)
		}
	}
}

// TestWriteFileTogether: of runs that write the same file at once, each writes it
// or says that another does. None spoils the other's work.
func TestWriteFileTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var runs sync.WaitGroup
	for range 8 {
		runs.Go(func() {
			for range 200 {
				err := delivery.WriteFile(filepath.Join(dir, "wf.yaml"), []byte("S3NTINEL"))
				if err != nil && !errors.Is(err, delivery.ErrBusy) {
					t.Errorf("WriteFile = %v", err)
				}
			}
		})
	}
	runs.Wait()
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("directory holds %q, want the file alone", left)
	}
}
