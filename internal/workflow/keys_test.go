package workflow_test

import (
	"errors"
	"strings"
	"testing"

	"om-secret-exec/internal/workflow"
)

func TestRenderProvider(t *testing.T) {
	for _, tt := range []struct{ name, file, in, want string }{
		{"block", "w.yaml", "secretsManagerProvider: aws # c\nsecretsManagerLoader: env\n", "secretsManagerProvider: db # c\nsecretsManagerLoader: noop\n"},
		{"only where present", "w.yaml", "secretsManagerLoader: env\n", "secretsManagerLoader: noop\n"},
		{"quoted, over lines", "w.yaml", "secretsManagerProvider:\n  'aws'\n", "secretsManagerProvider:\n  db\n"},
		{"block scalar", "w.yaml", "secretsManagerProvider: >- # c\n  aws\nb: 1\n", "secretsManagerProvider: db # c\nb: 1\n"},
		{"duplicates", "w.yaml", "secretsManagerProvider: aws\nsecretsManagerProvider: gcp\n", "secretsManagerProvider: db\nsecretsManagerProvider: db\n"},
		{"null", "w.yaml", "secretsManagerProvider: null\nsecretsManagerLoader: ~\n", "secretsManagerProvider: db\nsecretsManagerLoader: noop\n"},
		{"nothing", "w.yaml", "secretsManagerProvider: # c\nsecretsManagerLoader:", "secretsManagerProvider: db # c\nsecretsManagerLoader: noop"},
		{"nothing in flow", "w.yaml", "{secretsManagerProvider: , secretsManagerLoader:}", "{secretsManagerProvider: db, secretsManagerLoader: noop}"},
		{"a tag that says no more", "w.yaml", "secretsManagerProvider: !!str aws\nsecretsManagerLoader: ! env\n", "secretsManagerProvider: !!str db\nsecretsManagerLoader:  noop\n"},
		{"nothing behind an explicit key", "w.yaml", "? secretsManagerProvider\n:\n", "? secretsManagerProvider\n: db\n"},
		{"nothing but an anchor", "w.yaml", "secretsManagerProvider: &x\nb: 1\n", "secretsManagerProvider: &x db\nb: 1\n"},
		{"JSON in YAML", "w.yaml", `{"secretsManagerProvider":"aws","secretsManagerLoader": "env"}`, `{"secretsManagerProvider":"db","secretsManagerLoader": noop}`},
		{"JSON", "w.json", `{"secretsManagerProvider":null,"secretsManagerLoader": "env"}`, `{"secretsManagerProvider":"db","secretsManagerLoader": "noop"}`},
		{"an alias", "w.yaml", "a: &a aws\nopenMetadataServerConfig:\n  secretsManagerProvider: *a\n", "a: &a aws\nopenMetadataServerConfig:\n  secretsManagerProvider: db\n"},
		{"a merge", "w.yaml", "a: &a {secretsManagerProvider: aws}\nopenMetadataServerConfig: {<<: *a}\n", "a: &a {secretsManagerProvider: db}\nopenMetadataServerConfig: {<<: *a}\n"},
		{
			"an automation's request", "w.yaml", "openMetadataServerConnection: {secretsManagerProvider: aws}\nrequest: {secretsManagerProvider: aws}\n",
			"openMetadataServerConnection: {secretsManagerProvider: db}\nrequest: {secretsManagerProvider: db}\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, tt.file, tt.in, nil).Render(workflow.Rewrite{Provider: true})
			if err != nil || string(got) != tt.want {
				t.Errorf("Render of %q = %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestRenderStoreServiceConnection(t *testing.T) {
	for _, tt := range []struct{ name, file, in, want string }{
		{"block", "w.yaml", "openMetadataServerConfig:\n    hostPort: x\n    b: 1\n", "openMetadataServerConfig:\n    storeServiceConnection: false\n    hostPort: x\n    b: 1\n"},
		{"CRLF", "w.yaml", "openMetadataServerConfig:\r\n  hostPort: x", "openMetadataServerConfig:\r\n  storeServiceConnection: false\r\n  hostPort: x"},
		{"present", "w.yaml", "openMetadataServerConfig:\n  storeServiceConnection: true # c\n", "openMetadataServerConfig:\n  storeServiceConnection: false # c\n"},
		{"properties", "w.yaml", "openMetadataServerConfig: &a # c\n  # d\n  &k hostPort: x\n", "openMetadataServerConfig: &a # c\n  # d\n  storeServiceConnection: false\n  &k hostPort: x\n"},
		{"explicit key", "w.yaml", "openMetadataServerConfig:\n  ? hostPort\n  : x\n", "openMetadataServerConfig:\n  storeServiceConnection: false\n  ? hostPort\n  : x\n"},
		{"top level", "w.yaml", "\ufeffsecretsManagerProvider: db\n", "\ufeffstoreServiceConnection: false\nsecretsManagerProvider: db\n"},
		{"flow", "w.yaml", "openMetadataServerConfig: &a {hostPort: x}\n", "openMetadataServerConfig: &a {storeServiceConnection: false, hostPort: x}\n"},
		{"flow with blanks", "w.yaml", "openMetadataServerConfig: { hostPort: x }\n", "openMetadataServerConfig: { storeServiceConnection: false, hostPort: x }\n"},
		{"flow with a comment", "w.yaml", "openMetadataServerConfig: { # c\n hostPort: x }\n", "openMetadataServerConfig: { storeServiceConnection: false, # c\n hostPort: x }\n"},
		{"empty flow", "w.yaml", "openMetadataServerConfig: { }\n", "openMetadataServerConfig: {storeServiceConnection: false }\n"},
		{"an alias", "w.yaml", "a: &a\n  hostPort: x\nopenMetadataServerConfig: *a\n", "a: &a\n  storeServiceConnection: false\n  hostPort: x\nopenMetadataServerConfig: *a\n"},
		{"over a merge", "w.yaml", "a: &a {storeServiceConnection: true}\nopenMetadataServerConfig:\n  <<: *a\n", "a: &a {storeServiceConnection: true}\nopenMetadataServerConfig:\n  storeServiceConnection: false\n  <<: *a\n"},
		{"JSON", "w.json", `{"openMetadataServerConfig": {"hostPort": "x"}}`, `{"openMetadataServerConfig": {"storeServiceConnection": false, "hostPort": "x"}}`},
		{"JSON over lines", "w.json", "{\"openMetadataServerConfig\": {\r\n\t\"hostPort\": \"x\"}}", "{\"openMetadataServerConfig\": {\r\n\t\"storeServiceConnection\": false,\r\n\t\"hostPort\": \"x\"}}"},
		{"empty JSON", "w.json", `{"openMetadataServerConfig": {}}`, `{"openMetadataServerConfig": {"storeServiceConnection": false}}`},
		{"JSON, present", "w.json", `{"openMetadataServerConfig": {"storeServiceConnection":true}}`, `{"openMetadataServerConfig": {"storeServiceConnection":false}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, tt.file, tt.in, nil).Render(workflow.Rewrite{StoreServiceConnection: new(bool)})
			if err != nil || string(got) != tt.want {
				t.Errorf("Render of %q = %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	d := parse(t, "w.yaml", "a: secret:x\n", nil)
	var e *workflow.Error
	if _, err := d.Render(workflow.Rewrite{StoreServiceConnection: new(bool)}); !errors.As(err, &e) || e.Internal || !strings.Contains(e.Message, "openMetadataServerConfig") {
		t.Errorf("Render without a settings object: %v", err)
	}
	for _, in := range []string{
		"{secretsManagerProvider: &p file, pipelineType: *p}",
		"openMetadataServerConfig: {storeServiceConnection: &yes true, verifySSL: *yes}",
		"openMetadataServerConfig: {secretsManagerProvider, hostPort: x}",
		"openMetadataServerConfig: {storeServiceConnection, hostPort: x}",
		"? secretsManagerProvider\n",
		"openMetadataServerConfig: {storeServiceConnection: {a: b}}",
		"openMetadataServerConfig: {storeServiceConnection: []}",
		"openMetadataServerConfig: {storeServiceConnection: !!null }",
		"openMetadataServerConfig: {storeServiceConnection: !!str true}",
		"secretsManagerProvider: !foo file\n",
	} {
		r := workflow.Rewrite{Provider: true, StoreServiceConnection: new(bool)}
		err := parse(t, "w.yaml", in, nil).Takes(r)
		if !errors.As(err, &e) || e.Internal || e.Pos.Line == 0 || !strings.Contains(e.Message, "cannot be replaced") {
			t.Errorf("Takes of %q: %v", in, err)
		}
	}
	if _, err := d.Render(workflow.Rewrite{Values: map[int]string{1: "S3NTINEL"}}); !errors.As(err, &e) || !e.Internal || strings.Contains(e.Error(), "S3NTINEL") {
		t.Errorf("Render of a value without a reference: %v", err)
	}
}
