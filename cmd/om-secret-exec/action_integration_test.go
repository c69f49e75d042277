//go:build integration

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/testenv"
)

// action is what these tests look at of action.yml and of workflows.
type action struct {
	Inputs map[string]struct{ Default, Description string }
	Runs   struct {
		Using string
		Steps []step
	}
	Jobs map[string]struct{ Steps []step }
}

type step struct {
	Uses, Run, Shell string
	Env              map[string]string
}

func readAction(t *testing.T, path string) action {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(data, &a); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a
}

// TestActionsArePinned: a tag can be moved to other code, a commit cannot.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	root := testenv.Root(t)
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	pinned, seen := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`), 0
	for _, file := range append(files, filepath.Join(root, "action.yml")) {
		a := readAction(t, file)
		steps := a.Runs.Steps
		for _, job := range a.Jobs {
			steps = append(steps, job.Steps...)
		}
		for _, s := range steps {
			switch {
			case s.Uses == "", s.Uses == "./":
			case pinned.MatchString(s.Uses):
				seen++
			default:
				t.Errorf("%s uses %s, which is not pinned to a commit", filepath.Base(file), s.Uses)
			}
		}
	}
	if seen < 3 {
		t.Errorf("found %d actions in use; are these still the files?", seen)
	}
}

// TestAction runs the steps of the action as GitHub's runner does: each script in
// a file of its own, with the shell's options, inputs as variables.
func TestAction(t *testing.T) {
	t.Parallel()
	root := testenv.Root(t)
	a := readAction(t, filepath.Join(root, "action.yml"))
	if a.Runs.Using != "composite" || len(a.Runs.Steps) != 3 {
		t.Fatalf("the action has another form: %+v", a.Runs)
	}
	workspace, temp := t.TempDir(), t.TempDir()
	save(t, filepath.Join(workspace, "good one.yaml"), goodWorkflow)
	save(t, filepath.Join(workspace, "bad, one.yaml"), badWorkflow)
	save(t, filepath.Join(workspace, "twice.yaml"), goodWorkflow+"workflowConfig: {}\n")
	build, check := a.Runs.Steps[1], a.Runs.Steps[2]
	if out, err := playStep(t, a, build, nil, root, workspace, temp); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	tests := []struct {
		name   string
		inputs map[string]string
		fails  bool
		want   string
	}{
		{"all of it", nil, true, "::error file=bad%2C one.yaml,line=4,col=42,title=OMS101 "},
		{"a good one", map[string]string{"paths": "good one.yaml"}, false, "checked 1 workflow: nothing found"},
		{"two", map[string]string{"paths": "good one.yaml\nbad, one.yaml\n"}, true, "checked 2 workflows: 1 error"},
		{"arguments", map[string]string{"paths": "bad, one.yaml", "args": "--ignore OMS101 --portable"}, false, "nothing found"},
		{"a warning", map[string]string{"paths": "twice.yaml", "args": "--select=OMS201"}, false, "::warning file=twice.yaml,line=7"},
		{"a warning that counts", map[string]string{"paths": "twice.yaml", "args": "--select=OMS201", "fail-on": "warning"}, true, "::warning "},
		{"no code in inputs", map[string]string{"paths": "$(touch x); `touch x`", "args": "$(touch x)"}, true, ""},
	}
	for _, tt := range tests {
		out, err := playStep(t, a, check, tt.inputs, root, workspace, temp)
		if (err != nil) != tt.fails || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %v\n%s", tt.name, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(workspace, "x")); err == nil {
		t.Error("an input was run as code")
	}
}

// expression is an expression of the runner's.
var expression = regexp.MustCompile(`\$\{\{ *([\w.-]+) *\}\}`)

func playStep(t *testing.T, a action, s step, inputs map[string]string, root, workspace, temp string) (string, error) {
	t.Helper()
	if s.Shell != "sh" || expression.MatchString(s.Run) {
		t.Fatalf("a step has another shell, or an expression in its script: %+v", s)
	}
	script := filepath.Join(t.TempDir(), "step.sh")
	save(t, script, s.Run)
	cmd := exec.Command("sh", "-e", script)
	cmd.Dir = workspace
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+workspace, "GITHUB_ACTION_PATH="+root, "RUNNER_TEMP="+temp)
	for name, value := range s.Env {
		text := expression.ReplaceAllStringFunc(value, func(found string) string {
			key := expression.FindStringSubmatch(found)[1]
			input, isInput := strings.CutPrefix(key, "inputs.")
			declared, known := a.Inputs[input]
			switch given, ok := inputs[input]; {
			case key == "github.action_path":
				return root
			case !isInput || !known:
				t.Fatalf("the runner knows no %s", key)
			case ok:
				return given
			}
			return declared.Default
		})
		cmd.Env = append(cmd.Env, name+"="+text)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
