package delivery_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/delivery"
)

// TestPlaceParent: where somebody else could swap our directory, we make none.
func TestPlaceParent(t *testing.T) {
	t.Parallel()
	const unknown = 65534 // whom a user namespace does not know
	tests := []struct {
		name string
		mode os.FileMode
		uid  int
		want string // empty: it is used
	}{
		{"ours", 0o755, os.Geteuid(), ""},
		{"everybody's, sticky", 0o777 | os.ModeSticky, os.Geteuid(), ""},
		{"the group's, sticky", 0o770 | os.ModeSticky, os.Geteuid(), ""},
		{"everybody's", 0o777, os.Geteuid(), "others can write there"},
		{"the group's", 0o770, os.Geteuid(), "others can write there"},
		{"a user's", 0o755, 12345, "is somebody else's"},
		{"a user's, sticky", 0o777 | os.ModeSticky, 12345, "is somebody else's"},
		{"unknown", 0o755, unknown, ""},
		{"unknown and everybody's", 0o777, unknown, "others can write there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if os.Geteuid() != 0 && tt.uid != os.Geteuid() {
				t.Skip("only root can give directories away")
			}
			base := t.TempDir()
			if err := errors.Join(os.Chown(base, tt.uid, -1), os.Chmod(base, tt.mode)); err != nil {
				t.Fatal(err)
			}
			m, err := delivery.NewMemfd(".yaml", []string{base})
			if err == nil {
				defer m.Remove()
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("NewMemfd = %v, want %q", err, tt.want)
			}
			if tt.want != "" && names(t, base) != nil {
				t.Errorf("left: %q", names(t, base))
			}
		})
	}
}

// placeDir is a place for links, whatever the umask.
func placeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
