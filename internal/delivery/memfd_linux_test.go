package delivery_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"om-secret-exec/internal/delivery"
)

func TestMemfd(t *testing.T) {
	t.Parallel()
	base := placeDir(t)
	m, err := delivery.NewMemfd(".yaml", []string{base})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Fill([]byte("a: 1\n")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(m.Path); err != nil || string(got) != "a: 1\n" {
		t.Errorf("the path holds %q, %v", got, err)
	}
	info, err := os.Stat(m.Path)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o400 {
		t.Errorf("the path is %v, %v; want a regular file of mode 0400", info.Mode(), err)
	}
	if !strings.HasSuffix(m.Path, ".yaml") {
		t.Errorf("path %s has not the suffix", m.Path)
	}
	if info, err := os.Stat(filepath.Dir(m.Path)); err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Errorf("the directory is %v, %v; want mode 0700", info.Mode(), err)
	}
	sealed(t, m.Path)
	if err := m.Remove(); err != nil {
		t.Fatal(err)
	}
	if left := names(t, filepath.Dir(m.Path)); left != nil {
		t.Errorf("left: %q", left)
	}
}

// sealed shows that not even root, whom modes do not stop, can change the file.
func sealed(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrPermission) && os.Geteuid() != 0 {
		return // the mode has stopped us already
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("b"), 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("writing gives %v, want EPERM", err)
	}
	for _, size := range []int64{0, 4096} {
		if err := f.Truncate(size); !errors.Is(err, unix.EPERM) {
			t.Errorf("truncating to %d gives %v, want EPERM", size, err)
		}
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_FUTURE_WRITE); !errors.Is(err, unix.EPERM) {
		t.Errorf("another seal gives %v, want EPERM", err)
	}
}

// TestPlacesRefused makes what an attacker could have made before us.
func TestPlacesRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		prepare    func(path string) error
	}{
		{"link", "not a directory", func(path string) error { return os.Symlink(t.TempDir(), path) }},
		{"file", "not a directory", func(path string) error { return os.WriteFile(path, nil, 0o700) }},
		{"open to others", "has not mode 0700", func(path string) error { return errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, 0o750)) }},
		{"sticky", "has not mode 0700", func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, 0o700|os.ModeSticky))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bad, good := placeDir(t), placeDir(t)
			if err := tt.prepare(filepath.Join(bad, ownName(t))); err != nil {
				t.Fatal(err)
			}
			m, err := delivery.NewMemfd(".yaml", []string{filepath.Join(bad, "absent"), bad, good})
			if err != nil {
				t.Fatal(err)
			}
			defer m.Remove()
			if !strings.HasPrefix(m.Path, good+"/") {
				t.Errorf("path %s, want one in %s", m.Path, good)
			}
			_, err = delivery.NewMemfd(".yaml", []string{filepath.Join(bad, "absent"), bad})
			var refused *delivery.PlacesError
			if !errors.As(err, &refused) || len(refused.Refusals) != 2 {
				t.Fatalf("with the bad ones alone: %v", err)
			}
			if text := refused.Refusals[1].Err.Error(); !strings.Contains(text, tt.want) {
				t.Errorf("refused because %q, want %q", text, tt.want)
			}
		})
	}
}

// ownName is the name of our directory in a place.
func ownName(t *testing.T) string {
	t.Helper()
	m, err := delivery.NewMemfd(".yaml", []string{placeDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Remove()
	return filepath.Base(filepath.Dir(m.Path))
}

// A directory that another run made is used again, and its links that are in use
// stay.
func TestSecondMemfd(t *testing.T) {
	t.Parallel()
	base := placeDir(t)
	first, err := delivery.NewMemfd(".yaml", []string{base})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Remove()
	second, err := delivery.NewMemfd(".json", []string{base})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Remove()
	for i, m := range []*delivery.Memfd{first, second} {
		if err := m.Fill([]byte{byte('0' + i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range []*delivery.Memfd{first, second} {
		if got, err := os.ReadFile(m.Path); err != nil || string(got) != string(byte('0'+i)) {
			t.Errorf("document %d holds %q, %v", i, got, err)
		}
	}
}

func TestMemfdSweeps(t *testing.T) {
	t.Parallel()
	base := placeDir(t)
	first, err := delivery.NewMemfd(".yaml", []string{base})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Remove()
	dir := filepath.Dir(first.Path)
	all := neighbours(t, filepath.Base(first.Path))
	for name := range all {
		if err := os.Symlink("/proc/1/fd/100", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	second, err := delivery.NewMemfd(".yaml", []string{base})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Remove()
	checkSwept(t, dir, all)
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, runtime, temp, want string }{
		{"none set", "", "", "/dev/shm /run /tmp"},
		{"both", "/run/user/7", "/var/tmp/x/", "/run/user/7 /dev/shm /run /var/tmp/x /tmp"},
		{"relative", "run", "./tmp", "/dev/shm /run /tmp"},
		{"twice", "/run/", "/tmp", "/run /dev/shm /tmp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := delivery.Places(func(name string) (string, bool) {
				return map[string]string{"XDG_RUNTIME_DIR": tt.runtime, "TMPDIR": tt.temp}[name], true
			})
			if strings.Join(got, " ") != tt.want {
				t.Errorf("Places = %q, want %q", got, tt.want)
			}
		})
	}
}
