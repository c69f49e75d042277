package delivery_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"om-secret-exec/internal/delivery"
)

func TestPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := delivery.OpenPrivate(dir, ".json")
	if err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); left != nil {
		t.Errorf("before it is filled there is %q", left)
	}
	if err := p.Remove(); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
	if err := p.Fill([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(p.Path); err != nil || string(got) != "{}" {
		t.Errorf("the path holds %q, %v", got, err)
	}
	if info, err := os.Stat(p.Path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if !strings.HasSuffix(p.Path, ".json") || filepath.Dir(p.Path) != dir {
		t.Errorf("path %s", p.Path)
	}
	if err := p.Fill([]byte("again")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing over what is there: %v, want %v", err, fs.ErrExist)
	}
	if err := p.Remove(); err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); left != nil {
		t.Errorf("left: %q", left)
	}
}

func TestPrivateMissingDirectory(t *testing.T) {
	t.Parallel()
	_, err := delivery.OpenPrivate(filepath.Join(t.TempDir(), "absent"), ".yaml")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenPrivate = %v, want %v", err, fs.ErrNotExist)
	}
}

func TestPrivateSweeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := delivery.OpenPrivate(dir, ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := neighbours(t, filepath.Base(p.Path))
	for name := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// What has such a name and is no file of ours is not touched.
	link := endedName(t, filepath.Base(p.Path), "9")
	if err := os.Symlink("/dev/null", filepath.Join(dir, link)); err != nil {
		t.Fatal(err)
	}
	all[link] = false
	if _, err := delivery.OpenPrivate(dir, ".yaml"); err != nil {
		t.Fatal(err)
	}
	checkSwept(t, dir, all)
}

// neighbours are names of other runs, made from one of our own: for each,
// whether it is to be swept.
func neighbours(t *testing.T, own string) map[string]bool {
	t.Helper()
	part := strings.Split(own, ".") // om-secret-exec, space, pid, start, number, suffix
	with := func(i int, text string) string {
		changed := slices.Clone(part)
		changed[4] = "7"
		changed[i] = text
		return strings.Join(changed, ".")
	}
	all := map[string]bool{
		endedName(t, own, "7"): true,
		with(4, "8"):           false, // this process
		"om-secret-exec.yaml":  false,
		"workflow.yaml":        false,
		".hidden":              false,
		"om-secret-exec." + part[1] + ".x." + part[3] + ".7.yaml": false,
		// An ended process of another namespace: here its number may be alive there.
		strings.Replace(endedName(t, own, "7"), part[1], "00000000-1", 1): false,
	}
	if part[3] != "" { // this pid, but of an earlier process
		all[with(3, "1")] = true
	}
	return all
}

// endedName is the name for a process that has ended.
func endedName(t *testing.T, own, number string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	part := strings.Split(own, ".")
	part[2], part[4] = strconv.Itoa(cmd.Process.Pid), number
	return strings.Join(part, ".")
}

func checkSwept(t *testing.T, dir string, all map[string]bool) {
	t.Helper()
	left := names(t, dir)
	for name, sweep := range all {
		if slices.Contains(left, name) == sweep {
			t.Errorf("%s is left: %t, want %t", name, !sweep, !sweep)
		}
	}
}
