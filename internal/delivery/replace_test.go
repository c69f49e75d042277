package delivery

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// old makes a file as it is before it is replaced, and what was read of it.
func old(t *testing.T, mode fs.FileMode) (path string, read fs.FileInfo) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "dump.sql")
	write(t, path, "old")
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	read, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, read
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// holds checks that a directory has the one file, and what is in it.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("the file holds %q, %v, want %q", got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v, want the one file", entries, err)
	}
}

func TestReplaceKeepsTheMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{0o644, 0o600, 0o440, 0o666, 0o750 | fs.ModeSetgid} {
		path, read := old(t, mode)
		r, err := Replace(path, read, []byte("new"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
			t.Errorf("before Commit the file holds %q, %v", got, err)
		}
		if err := r.Commit(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != read.Mode() {
			t.Errorf("the mode is %v, %v, want %v", info.Mode(), err, read.Mode())
		}
		holds(t, path, "new")
	}
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	path, read := old(t, 0o600)
	r, err := Replace(path, read, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Replace(path, read, []byte("other")); !errors.Is(err, ErrBusy) {
		t.Errorf("a second Replace gave %v, want ErrBusy", err)
	}
	if err := r.Discard(); err != nil {
		t.Error(err)
	}
	holds(t, path, "old")
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(t *testing.T, path string)
		want  error
	}{
		{"a link in its place", func(t *testing.T, path string) {
			other := filepath.Join(t.TempDir(), "other")
			write(t, other, "other")
			if err := errors.Join(os.Remove(path), os.Symlink(other, path)); err != nil {
				t.Fatal(err)
			}
		}, ErrSymlink},
		{"a directory in its place", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, ErrNotRegular},
		{"another file in its place", func(t *testing.T, path string) {
			write(t, path+".new", "old")
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}, ErrChanged},
		{"written meanwhile", func(t *testing.T, path string) { write(t, path, "longer than it was") }, ErrChanged},
		{"removed", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, fs.ErrNotExist},
		{"a second name", func(t *testing.T, path string) {
			if err := os.Link(path, filepath.Join(filepath.Dir(path), "second")); err != nil {
				t.Fatal(err)
			}
		}, ErrLinked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path, read := old(t, 0o600)
			tt.spoil(t, path)
			if r, err := Replace(path, read, []byte("new")); !errors.Is(err, tt.want) || r != nil {
				t.Errorf("Replace gave %v, want %v", err, tt.want)
			}
			// The same, but after the new content has been written.
			path, read = old(t, 0o600)
			r, err := Replace(path, read, []byte("new"))
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, path)
			if err := r.Commit(); !errors.Is(err, tt.want) {
				t.Errorf("Commit gave %v, want %v", err, tt.want)
			}
			if entries, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(entries) > 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// TestReplaceSweeps starts where a run was killed before its Commit.
func TestReplaceSweeps(t *testing.T) {
	t.Parallel()
	path, read := old(t, 0o600)
	write(t, filepath.Join(filepath.Dir(path), ".dump.sql.om-secret-exec"), "left behind")
	r, err := Replace(path, read, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
}

func TestReplaceLongName(t *testing.T) {
	t.Parallel()
	path, _ := old(t, 0o600)
	long := filepath.Join(filepath.Dir(path), strings.Repeat("a", 255))
	if err := os.Rename(path, long); err != nil {
		t.Fatal(err)
	}
	read, err := os.Stat(long)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Replace(long, read, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, long, "new")
}
