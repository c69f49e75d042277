package gcp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers/gcp/gcptest"
)

func TestExamine(t *testing.T) {
	const old = "Mon, 02 Jan 2006 15:04:05 GMT"
	key := func(w world) []string {
		return []string{keyFile, gcptest.Write(t, "key.json", w.Key(gcptest.Reader))}
	}
	tests := []struct {
		name  string
		open  func(w world) []string
		host  string
		h     http.HandlerFunc
		facts []string
	}{
		{"well", key, "", nil, []string{
			"credential ok", "identity ok service account " + gcptest.Reader + ": an access token was given",
			"project ok prod-1 (from the credentials file)", "endpoint ok secretmanager.googleapis.com answers", "clock ok", "permission unknown",
		}},
		{"machine", func(w world) []string { return []string{variableMetadata, w.Metadata(t)} }, "", nil, []string{
			"credential ok metadata server, host", "identity ok service account " + gcptest.Reader,
			"project ok prod-1 (from the metadata server)", "endpoint ok", "clock ok", "permission unknown",
		}},
		{"refused key", key, "oauth2.googleapis.com", text(400, `{"error":"invalid_grant"}`), []string{
			"credential ok", "identity fail service account " + gcptest.Reader + ", no access token", "project ok", "endpoint ok", "clock ok", "permission unknown",
		}},
		{"wrong clock", key, dataHost, text(404, "", "Date", old), []string{
			"credential ok", "identity ok", "project ok", "endpoint ok", "clock fail", "permission unknown",
		}},
		{"unreachable", key, dataHost, reset, []string{
			"credential ok", "identity ok", "project ok", "endpoint fail secretmanager.googleapis.com: the connection was closed", "permission unknown",
		}},
		{"no account", func(w world) []string {
			host := w.Metadata(t)
			w.Break(host, text(404, "S3NTINEL", flavour, "Google"))
			return []string{variableMetadata, host}
		}, "", nil, []string{"credential ok", "identity fail no access token", "project fail"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.h != nil {
				w.Break(tt.host, tt.h)
			}
			facts := w.open(t, tt.open(w)...).Examine(t.Context())
			if len(facts) != len(tt.facts) {
				t.Fatalf("Examine() = %+v, want %d facts", facts, len(tt.facts))
			}
			for i, f := range facts {
				line := fmt.Sprintf("%s %s %s", f.Name, f.Status, f.Text)
				if !strings.HasPrefix(line, tt.facts[i]) || strings.Contains(line+f.Hint, gcptest.Sentinel) {
					t.Errorf("fact %q, want %q", line, tt.facts[i])
				}
				if (f.Status == "fail") && f.Hint == "" {
					t.Errorf("fact %q has no hint", line)
				}
			}
			if asked := w.asked(t); strings.Contains(asked, ":access") {
				t.Errorf("Examine reads a secret:\n%s", asked)
			}
		})
	}
}
