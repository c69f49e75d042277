package check_test

import (
	"testing"

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
		{"UTF-16", "\xff\xfew\x00o\x00r\x00k\x00f\x00l\x00o\x00w\x00C\x00o\x00n\x00f\x00i\x00g\x00:\x00", true},
		{"UTF-16, big end first", "\xfe\xff\x00w\x00o\x00r\x00k\x00f\x00l\x00o\x00w\x00C\x00o\x00n\x00f\x00i\x00g\x00:", true},
		{"broken", "source:\n\ttype: mysql\n  serviceName: a\n  serviceConnection: [\n", true},
		{"broken JSON", `{"source": {"type": "mysql", "serviceName": "a",}`, true},
		{"broken by a variable", "source: {type: mysql, serviceName: ${NAME}}\n", true},

		{"UTF-16 about something else", "\xff\xfea\x00:\x00", false},
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
			parts, _ := check.Parts("w.yaml", []byte(tt.text))
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
