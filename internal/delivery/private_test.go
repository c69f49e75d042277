package delivery_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

// TestPrivateSweeps: the files of runs that have ended are removed, whoever they
// were and wherever they ran; what is in use or somebody else's is not.
func TestPrivateSweeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const ended, link, folder = "om-secret-exec.AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml",
		"om-secret-exec.AAAAAAAAAAAAAAAAAAAAAAAAAB.yaml", "om-secret-exec.AAAAAAAAAAAAAAAAAAAAAAAAAC.json"
	all := map[string]bool{
		ended:                   true,
		"om-secret-exec.yaml":   false,
		"om-secret-exec.A.yaml": false,
		"." + ended:             false,
		ended + ".bak":          false,
		"workflow.yaml":         false,
	}
	for name := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("workflow.yaml", filepath.Join(dir, link)), os.Mkdir(filepath.Join(dir, folder), 0o700)); err != nil {
		t.Fatal(err)
	}
	all[link], all[folder] = false, false
	living, err := delivery.OpenPrivate(dir, ".yml")
	if err != nil {
		t.Fatal(err)
	}
	checkSwept(t, dir, all)
	if err := living.Fill([]byte("a: 1")); err != nil {
		t.Fatal(err)
	}
	all[filepath.Base(living.Path)] = false
	if _, err := delivery.OpenPrivate(dir, ".yaml"); err != nil {
		t.Fatal(err)
	}
	checkSwept(t, dir, all)
}

// TestPrivateTogether: a run that sweeps while another makes its file leaves the
// other one whole.
func TestPrivateTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var runs sync.WaitGroup
	for range 8 {
		runs.Go(func() {
			for range 200 {
				p, err := delivery.OpenPrivate(dir, ".yaml")
				if err == nil {
					err = p.Fill([]byte("S3NTINEL"))
				}
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := os.ReadFile(p.Path); err != nil || string(got) != "S3NTINEL" {
					t.Errorf("the path holds %q, %v", got, err)
				}
				if err := p.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	runs.Wait()
	if left := names(t, dir); left != nil {
		t.Errorf("left: %q", left)
	}
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
