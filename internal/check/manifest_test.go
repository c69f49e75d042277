package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/workflow"
)

const cronJob = `# nightly
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: ingest
              env:
                - {name: LOG, value: "source: no"}
                - name: config
                  value: |

                    source:
                      type: mysql
                      serviceName: "é" # FIND
                    workflowConfig: {}
                - name: pipelineType
                  value: metadata
---
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data:
  literal.yaml: |2-
      # FIND
      workflowConfig: {}

  folded.yaml: >
    workflowConfig:

      # FIND
  quoted.json: "{\"workflowConfig\": \n\"FIND\"}"
  notes.txt: source of it all
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: hidden}
    data: {config: d29ya2Zsb3dDb25maWc6IHt9}
    stringData:
      config: |
        workflowConfig: # FIND
`

// marked is where the word FIND of each part is.
func marked(t *testing.T, text string) map[string]workflow.Position {
	t.Helper()
	got := map[string]workflow.Position{}
	parts, _ := check.Parts("m.yaml", []byte(text))
	for _, p := range parts {
		before, _, ok := strings.Cut(string(p.Data), "FIND")
		if !ok {
			t.Fatalf("%s: no FIND in %q", p.Object, p.Data)
		}
		at := workflow.Position{Line: 1 + strings.Count(before, "\n")}
		at.Column = 1 + len([]rune(before[strings.LastIndex(before, "\n")+1:]))
		got[p.Object] = p.Place(at)
	}
	return got
}

func TestManifestPlaces(t *testing.T) {
	t.Parallel()
	want := map[string]workflow.Position{
		"CronJob nightly, env config":       {Line: 19, Column: 42},
		"ConfigMap files, key literal.yaml": {Line: 29, Column: 9},
		"ConfigMap files, key folded.yaml":  {Line: 32, Column: 16},
		"ConfigMap files, key quoted.json":  {Line: 36, Column: 16},
		"Secret hidden, key config":         {Line: 48, Column: 27},
	}
	if diff := cmp.Diff(want, marked(t, cronJob)); diff != "" {
		t.Errorf("places differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, marked(t, strings.ReplaceAll(cronJob, "\n", "\r\n"))); diff != "" {
		t.Errorf("with CRLF, places differ (-want +got):\n%s", diff)
	}
}

// TestManifestParts goes through manifests and what is found in them: the
// objects, and whether the rest cannot be read.
func TestManifestParts(t *testing.T) {
	t.Parallel()
	const first = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {w.yaml: 'workflowConfig: {}'}\n---\n"
	const second = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  "
	tests := []struct {
		name, text string
		want       []string
		broken     string
	}{
		{"broken behind a workflow", first + "a: b: c\n---\n" + second + "w.yaml: 'workflowConfig: {}'", []string{"ConfigMap a, key w.yaml"}, "beyond line 6,"},
		{"broken before a workflow", "kind: [\n---\n" + first, nil, "beyond line 2,"},
		{"broken, and about something else", "apiVersion: v1\nkind: {{ .Kind }}\n", nil, ""},
		{"surrogates", `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "\ud83d\ude00"}, "data": {"w": "workflowConfig: {}"}}`, []string{"ConfigMap \ufffd\ufffd, key w"}, ""},
		{"broken JSON", `{"apiVersion": "v1", "kind": "ConfigMap", "data": {"w": "workflowConfig: {}"},, }`, nil, "beyond line 1,"},
		{"a script", first + second + "run.sh: |\n    workflowConfig: [\n  README.md: 'workflowConfig: ['\n", []string{"ConfigMap a, key w.yaml"}, ""},
		{"broken values", second + "w: 'workflowConfig: ['\n  w.yml: 'workflowConfig: ['\n  W.JSON: '{\"workflowConfig\": ['\n", []string{"ConfigMap b, key w", "ConfigMap b, key w.yml", "ConfigMap b, key W.JSON"}, ""},
		{"aliases", "apiVersion: v1\nkind: Pod\nspec:\n- env: &e\n  - {name: config, value: &v 'workflowConfig: {}'}\n- env: *e\n- env: [{name: config, value: *v}]\n", []string{"Pod, env config"}, ""},
		{"another suffix", second + "w.conf: 'workflowConfig: {}'\n", []string{"ConfigMap b, key w.conf"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parts, err := check.Parts("m.yaml", []byte(tt.text))
			var got []string
			for _, p := range parts {
				got = append(got, p.Object)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if (err == nil) != (tt.broken == "") || err != nil && !strings.Contains(err.Error(), tt.broken) {
				t.Errorf("the error is %v, want %q", err, tt.broken)
			}
		})
	}
}

// The image takes its variable as it is; a mounted file goes through the
// metadata program, which expands it.
func TestManifestExpansion(t *testing.T) {
	t.Parallel()
	parts, _ := check.Parts("m.yaml", []byte(cronJob))
	for _, p := range parts {
		if want := !strings.HasSuffix(p.Object, "env config"); p.Expand != want {
			t.Errorf("%s: Expand is %v", p.Object, p.Expand)
		}
	}
}

func FuzzParts(f *testing.F) {
	f.Add(cronJob)
	f.Add("source: &a {type: *a, serviceName: *a}")
	f.Add("apiVersion: v1\nkind: Pod\nspec: &s\n- env:\n  - name: config\n    value: |\n      workflowConfig: {}\n  s: *s\n")
	f.Add("apiVersion: v1\nkind: Pod\nenv:\n- name: config\n  value: |\n    \u2028workflowConfig: {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		parts, _ := check.Parts("f.yaml", []byte(text))
		for _, p := range parts {
			for line := range 4 {
				if at := p.Place(workflow.Position{Line: line + 1, Column: 1}); at.Line < 1 || at.Column < 1 {
					t.Errorf("line %d of %q is at %v", line+1, p.Object, at)
				}
			}
		}
	})
}
