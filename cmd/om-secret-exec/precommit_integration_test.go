//go:build integration

package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

const (
	goodWorkflow = "source:\n  type: mysql\n  serviceName: a\n  serviceConnection: {config: {password: secret:/team/db}}\n" +
		"workflowConfig:\n  openMetadataServerConfig: {storeServiceConnection: false, secretsManagerProvider: aws, secretsManagerLoader: env}\n"
	badWorkflow = "source:\n  type: mysql\n  serviceName: a\n  serviceConnection: {config: {password: \"secret:\"}}\n" +
		"workflowConfig:\n  openMetadataServerConfig: {storeServiceConnection: false, secretsManagerProvider: aws, secretsManagerLoader: env}\n"
)

// TestPreCommitHook uses the hook as its users do: from a repository of ours at a
// revision, in a repository of theirs, by the real pre-commit.
func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	python := testenv.Python(t, "precommit")
	env := hookEnvironment(t, filepath.Dir(python))
	ours, theirs := t.TempDir(), t.TempDir()
	copyModule(t, testenv.Root(t), ours)
	rev := commitAll(t, ours, env)

	save(t, filepath.Join(theirs, ".pre-commit-config.yaml"), fmt.Sprintf(
		"repos:\n- repo: file://%s\n  rev: %s\n  hooks:\n  - id: om-secret-exec-check\n", ours, rev))
	save(t, filepath.Join(theirs, "good.yaml"), goodWorkflow)
	save(t, filepath.Join(theirs, "compose.yaml"), "services: {db: {image: postgres}}\n")
	commitAll(t, theirs, env)

	if out, err := hook(theirs, env, python, "run", "--all-files"); err != nil || !strings.Contains(out, "Passed") {
		t.Errorf("the hook on a good workflow: %v\n%s", err, out)
	}
	save(t, filepath.Join(theirs, "bad name.yaml"), badWorkflow)
	git(t, theirs, env, "add", "-A")
	out, err := hook(theirs, env, python, "run")
	if err == nil || !strings.Contains(out, "bad name.yaml:4:42: error   OMS101") || strings.Contains(out, "good.yaml:") {
		t.Errorf("the hook on a bad workflow: %v\n%s", err, out)
	}
}

// hookEnvironment gives pre-commit its own programs and a home of its own. Of the
// user's it leaves Go's settings and caches: pre-commit builds our program in a
// GOPATH of its own, and would fetch every module again.
func hookEnvironment(t *testing.T, bin string) []string {
	t.Helper()
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") && !strings.HasPrefix(v, "PRE_COMMIT") {
			env = append(env, v)
		}
	}
	for _, name := range []string{"GOENV", "GOCACHE", "GOMODCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("asking Go for %s: %v", name, err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	home := t.TempDir()
	return append(env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home,
		"PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "GOWORK=off", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
}

func hook(dir string, env []string, python string, args ...string) (string, error) {
	cmd := exec.Command(python, append([]string{"-m", "pre_commit"}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// copyModule copies what the module is made of, as it is now: the checkout may
// have changes that are not committed, or no history at all.
func copyModule(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case name == ".git" && !entry.IsDir(): // of a worktree
			return nil
		case name == ".git" || name == "build":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o644)
	})
	if err != nil {
		t.Fatalf("copying the module: %v", err)
	}
}

// commitAll makes dir a repository and returns the revision of all that is in it.
func commitAll(t *testing.T, dir string, env []string) string {
	t.Helper()
	git(t, dir, env, "init", "-q")
	git(t, dir, env, "add", "-A")
	git(t, dir, env, "commit", "-qm", "all")
	return strings.TrimSpace(git(t, dir, env, "rev-parse", "HEAD"))
}

func git(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
