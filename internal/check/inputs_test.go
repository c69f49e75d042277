package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/workflow"
)

// TestRecognition goes through the shapes that OpenMetadata runs, and through
// files that stand beside them in repositories.
func TestRecognition(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       bool
	}{
		{"metadata", "source:\n  type: mysql\n  serviceName: a\nsink: {type: metadata-rest}\nworkflowConfig: {}\n", true},
		{"usage", "source:\n  type: bigquery-usage\n  serviceName: a\nprocessor: {type: query-parser}\nstage: {}\nbulkSink: {}\n", true},
		{"lineage", "source:\n  type: snowflake-lineage\n  sourceConfig: {}\n", true},
		{"test suite", "source:\n  type: TestSuite\n  sourceConfig: {config: {type: TestSuite}}\nprocessor: {type: orm-test-runner}\n", true},
		{"data insight", "source:\n  type: dataInsight\nsink: {type: elasticsearch}\n", true},
		{"application", "sourcePythonClass: metadata.applications.auto_tagger.AutoTaggerApp\nappConfig: {}\n", true},
		{"application without class", "appConfig: {}\nappPrivateConfig: secret:/app\n", true},
		{"automation", "name: a\nworkflowType: TEST_CONNECTION\nrequest: {connection: {}}\nopenMetadataServerConnection: {}\n", true},
		{"automation alone", "workflowType: TEST_CONNECTION\nrequest: {connection: {}}\n", true},
		{"pipeline definition", `{"sourceConfig": {}, "openMetadataServerConnection": {}, "airflowConfig": {}, "service": {}}`, true},
		{"settings only", "openMetadataServerConfig: {hostPort: x}\n", true},
		{"only the end of one", "workflowConfig:\n  loggerLevel: INFO\n", true},
		{"anchors", "x: &s {type: a, serviceName: b}\nsource: *s\n", true},
		{"surrogates in JSON", `{"source": {"type": "a", "serviceName": "\ud83d\ude00"}}`, true},
		{"two documents", "a: 1\n---\nworkflowConfig: {}\n", true},
		{"byte order mark", "\ufeffworkflowConfig: {}\n", true},
		{"broken", "source:\n\ttype: mysql\n  serviceName: a\n  serviceConnection: [\n", true},
		{"broken JSON", `{"source": {"type": "mysql", "serviceName": "a",}`, true},
		{"broken by a variable", "source: {type: mysql, serviceName: ${NAME}}\n", true},

		{"compose file", "services:\n  db: {image: postgres, environment: {source: x}}\n", false},
		{"Airflow values", "config:\n  source: x\n  workflowConfig: no\n", false},
		{"a source of something else", "source:\n  url: https://example.com\n  type: tar\n", false},
		{"a source that is a text", "source: https://example.com\nsink: x\n", false},
		{"a list", "- source: {type: a, serviceName: b}\n", false},
		{"a map of secrets", "/prod/source: secret:/a\n", false},
		{"a broken template", "apiVersion: v1\nkind: {{ .Kind }}\nsource: {{ .Values.source }}\n", false},
		{"empty", "", false},
		{"only a comment", "# source:\n", false},
		{"a text", "source", false},
		{"a manifest without any", "apiVersion: v1\nkind: Service\nspec: {source: {type: a, serviceName: b}}\n", false},
		{"a manifest with such keys", "apiVersion: argoproj.io/v1\nkind: Application\nsource: {type: a, serviceName: b}\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parts := check.Parts("w.yaml", []byte(tt.text))
			if got := len(parts) == 1; got != tt.want || len(parts) > 1 {
				t.Fatalf("Parts found %d workflows, want one: %v", len(parts), tt.want)
			}
			at := workflow.Position{Line: 3, Column: 4}
			if tt.want && (string(parts[0].Data) != tt.text || parts[0].Place(at) != at || parts[0].Object != "") {
				t.Error("the workflow is not the file as it is")
			}
		})
	}
}

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
	for _, p := range check.Parts("m.yaml", []byte(text)) {
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

// The image takes its variable as it is; a mounted file goes through the
// metadata program, which expands it.
func TestManifestExpansion(t *testing.T) {
	t.Parallel()
	for _, p := range check.Parts("m.yaml", []byte(cronJob)) {
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
		for _, p := range check.Parts("f.yaml", []byte(text)) {
			for line := range 4 {
				if at := p.Place(workflow.Position{Line: line + 1, Column: 1}); at.Line < 1 || at.Column < 1 {
					t.Errorf("line %d of %q is at %v", line+1, p.Object, at)
				}
			}
		}
	})
}
