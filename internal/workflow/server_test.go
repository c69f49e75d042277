package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/workflow"
)

func TestServerSettings(t *testing.T) {
	setting := func(line, column int, path, value string) *workflow.Setting {
		return &workflow.Setting{Pos: workflow.Position{Line: line, Column: column}, Path: path, Value: value}
	}
	null := setting(1, 25, "secretsManagerProvider", "null")
	null.Null = true
	yes, no := true, false
	for _, tt := range []struct {
		name, in string
		want     workflow.Server
	}{
		{"none", "a: 1\n", workflow.Server{}},
		{
			"a workflow", "workflowConfig:\n  openMetadataServerConfig:\n    secretsManagerProvider: aws\n    secretsManagerLoader: 'env'\n    storeServiceConnection: false\n    forceEntityOverwriting: yes\n",
			workflow.Server{
				Provider:               setting(3, 29, "workflowConfig.openMetadataServerConfig.secretsManagerProvider", "aws"),
				Loader:                 setting(4, 27, "workflowConfig.openMetadataServerConfig.secretsManagerLoader", "env"),
				StoreServiceConnection: &no, ForceEntityOverwriting: true,
			},
		},
		{"an automation", "openMetadataServerConnection: {secretsManagerProvider: gcp}\n", workflow.Server{
			Provider: setting(1, 56, "openMetadataServerConnection.secretsManagerProvider", "gcp"),
		}},
		{"its request", "openMetadataServerConnection: {hostPort: x}\nrequest: {secretsManagerProvider: gcp}\n", workflow.Server{
			Provider: setting(2, 35, "request.secretsManagerProvider", "gcp"),
		}},
		{"the top level", "secretsManagerProvider: null\n", workflow.Server{Provider: null}},
		{"the first with a provider", "workflowConfig: {openMetadataServerConfig: {}}\nopenMetadataServerConfig: {secretsManagerLoader: env}\n", workflow.Server{
			Loader: setting(2, 50, "openMetadataServerConfig.secretsManagerLoader", "env"),
		}},
		{"aliases and merge keys", "x: &x {secretsManagerProvider: aws, storeServiceConnection: on}\ny: &y {<<: [*x]}\nworkflowConfig: {openMetadataServerConfig: *y}\n", workflow.Server{
			Provider: setting(1, 32, "workflowConfig.openMetadataServerConfig.secretsManagerProvider", "aws"), StoreServiceConnection: &yes,
		}},
		{"the last of two", "secretsManagerProvider: aws\nsecretsManagerProvider: gcp\n", workflow.Server{
			Provider: setting(2, 25, "secretsManagerProvider", "gcp"),
		}},
		{"a mapping is no provider", "secretsManagerProvider: {}\n", workflow.Server{}},
		{"a circle", "workflowConfig: &a\n  openMetadataServerConfig: &b {<<: *b}\n", workflow.Server{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, "w.yaml", tt.in, nil).Server()
			got.Keep = "" // the next test's
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Server of %q (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestServerShapes(t *testing.T) {
	connection := "source: {type: mysql, serviceConnection: {config: {password: secret:x}}}\n"
	for _, tt := range []struct {
		name, in   string
		keep       string // "" is safe
		connection bool
	}{
		{"metadata", connection, "", true},
		{"an alias", "c: &c {config: 1}\nsource: {serviceConnection: *c}\n", "", true},
		{"by service name", "source: {serviceName: x}\n", "serviceConnection is empty", false},
		{"empty", "source: {serviceConnection: {}}\n", "serviceConnection is empty", false},
		{"null", "source: {serviceConnection: ~}\n", "serviceConnection is empty", false},
		{"usage", "source: {type: snowflake-usage, serviceName: x}\n", "serviceConnection is empty", false},
		{"test suite by type", strings.Replace(connection, "mysql", "TestSuite", 1), "test suite", true},
		{"test suite by configuration", strings.Replace(connection, "type: mysql", "sourceConfig: {config: {type: TestSuite}}", 1), "test suite", true},
		{"application", connection + "sourcePythonClass: x\n", "application", true},
		{"automation", "request: {connection: {config: {password: secret:x}}}\nopenMetadataServerConnection: {}\n", "", false},
		{"automation by service", "request: {serviceName: x}\nopenMetadataServerConnection: {}\n", "no connection of its own", false},
		{"pipeline", "sourceConfig: {}\nopenMetadataServerConnection: {}\n", "pipeline", false},
		{"shared provider", connection + "x: &p aws\nopenMetadataServerConfig: {secretsManagerProvider: &q aws}\ny: *q\n", "anchor", true},
		{"provider from elsewhere", connection + "x: &p aws\nopenMetadataServerConfig: {secretsManagerProvider: *p}\n", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, "w.yaml", tt.in, nil).Server()
			if got.RewriteSafe != (tt.keep == "") || !strings.Contains(got.Keep, tt.keep) || (got.Keep == "") != got.RewriteSafe {
				t.Errorf("Server of %q: safe %v, keep %q; want keep %q", tt.in, got.RewriteSafe, got.Keep, tt.keep)
			}
			if got.ServiceConnection != tt.connection {
				t.Errorf("Server of %q: ServiceConnection %v, want %v", tt.in, got.ServiceConnection, tt.connection)
			}
		})
	}
}

func TestReferencesUnderServiceConnection(t *testing.T) {
	in := "a: &a [secret:1]\nb: secret:2\nsource:\n  x: secret:3\n  serviceConnection: {y: secret:4, z: *a}\n"
	got := map[string]bool{}
	for _, r := range parse(t, "w.yaml", in, nil).References() {
		got[r.Value] = r.ServiceConnection
	}
	want := map[string]bool{"secret:1": true, "secret:2": false, "secret:3": false, "secret:4": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ServiceConnection of the references (-want +got):\n%s", diff)
	}
}

// TestMergedOften merges mappings into one another so often that visiting each as
// often as it is merged would never end.
func TestMergedOften(t *testing.T) {
	text := "a0: &a0 {b: 1}\n"
	for i := range 60 {
		text += fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i+1, i+1, i, i)
	}
	s := parse(t, "w.yaml", text+"workflowConfig: {<<: *a60}\nopenMetadataServerConfig: {<<: *a60, secretsManagerProvider: aws}\n", nil).Server()
	if s.Provider == nil || s.Provider.Value != "aws" {
		t.Errorf("Server().Provider = %v, want aws", s.Provider)
	}
}
