package delivery_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"om-secret-exec/internal/delivery"
)

func TestWriteFile(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "wf.yaml")
	for _, data := range []string{"first", "second, longer", "3rd"} {
		if err := delivery.WriteFile(out, []byte(data)); err != nil {
			t.Fatalf("WriteFile: %v", err)
		}
		if got, _ := os.ReadFile(out); string(got) != data {
			t.Errorf("file holds %q, want %q", got, data)
		}
		if info, _ := os.Stat(out); info.Mode().Perm() != 0o600 {
			t.Errorf("mode is %v, want 0600", info.Mode())
		}
	}
	if left := names(t, filepath.Dir(out)); len(left) != 1 {
		t.Errorf("directory holds %q, want the file alone", left)
	}
}

func TestWriteFileReplacesMode(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(out, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := delivery.WriteFile(out, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(out); info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, want 0600", info.Mode())
	}
}

func TestWriteFileRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(t *testing.T, out string)
		want    error
	}{
		{"symlink", func(t *testing.T, out string) {
			t.Helper()
			if err := os.Symlink(filepath.Join(filepath.Dir(out), "target"), out); err != nil {
				t.Fatal(err)
			}
		}, delivery.ErrSymlink},
		{"directory", func(t *testing.T, out string) {
			t.Helper()
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
		}, delivery.ErrNotRegular},
		{"another run is writing", func(t *testing.T, out string) {
			t.Helper()
			f, err := os.Create(filepath.Join(filepath.Dir(out), ".wf.yaml.om-secret-exec"))
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
		}, delivery.ErrBusy},
		{"temporary name is a symlink", func(t *testing.T, out string) {
			t.Helper()
			if err := os.Symlink("/dev/null", filepath.Join(filepath.Dir(out), ".wf.yaml.om-secret-exec")); err != nil {
				t.Fatal(err)
			}
		}, syscall.ELOOP},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "wf.yaml")
			tt.prepare(t, out)
			before := names(t, filepath.Dir(out))
			if err := delivery.WriteFile(out, []byte("S3NTINEL")); !errors.Is(err, tt.want) {
				t.Errorf("WriteFile = %v, want %v", err, tt.want)
			}
			if after := names(t, filepath.Dir(out)); len(after) != len(before) {
				t.Errorf("directory holds %q, want %q", after, before)
			}
		})
	}
}

func TestWriteFileMissingDirectory(t *testing.T) {
	t.Parallel()
	err := delivery.WriteFile(filepath.Join(t.TempDir(), "absent", "wf.yaml"), []byte("x"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteFile = %v, want %v", err, fs.ErrNotExist)
	}
}

func TestWriteFileRemovesStale(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".wf.yaml.om-secret-exec"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := delivery.WriteFile(filepath.Join(dir, "wf.yaml"), []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); len(left) != 1 || left[0] != "wf.yaml" {
		t.Errorf("directory holds %q, want wf.yaml alone", left)
	}
}

// TestWriteFileForeign: what others put under the name of our temporary file
// neither holds a run up nor is removed.
func TestWriteFileForeign(t *testing.T) {
	t.Parallel()
	for kind, put := range map[string]func(string) error{
		"pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		dir := t.TempDir()
		if err := put(filepath.Join(dir, ".wf.yaml.om-secret-exec")); err != nil {
			t.Fatal(err)
		}
		err := delivery.WriteFile(filepath.Join(dir, "wf.yaml"), []byte("S3NTINEL"))
		if err == nil || !strings.Contains(err.Error(), "is not a regular file; remove it") {
			t.Errorf("%s: WriteFile = %v", kind, err)
		}
		if left := names(t, dir); len(left) != 1 || left[0] != ".wf.yaml.om-secret-exec" {
			t.Errorf("%s: directory holds %q", kind, left)
		}
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
