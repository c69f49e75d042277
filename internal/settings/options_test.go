package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/settings"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name  string
		flags map[string]string
		env   map[string]string
		want  settings.Run
		fails string
	}{
		{name: "defaults", want: settings.Run{Timeout: 30 * time.Second, Concurrency: 64}},
		{
			name: "variables", env: map[string]string{
				"OM_SECRET_EXEC_TIMEOUT": "2m", "OM_SECRET_EXEC_BATCH": "never", "OM_SECRET_EXEC_CA_FILE": "/ca.pem", "OM_SECRET_EXEC_CONCURRENCY": "8",
			},
			want: settings.Run{Timeout: 2 * time.Minute, Concurrency: 8, NoBatch: true, CAFile: "/ca.pem"},
		},
		{
			name: "flags win", env: map[string]string{"OM_SECRET_EXEC_TIMEOUT": "nonsense", "OM_SECRET_EXEC_BATCH": "never"},
			flags: map[string]string{"timeout": "90", "batch": "auto"},
			want:  settings.Run{Timeout: 90 * time.Second, Concurrency: 64},
		},
		{name: "no time", flags: map[string]string{"timeout": "soon"}, fails: `flag --timeout: "soon"`},
		{name: "zero", env: map[string]string{"OM_SECRET_EXEC_TIMEOUT": "0"}, fails: `variable OM_SECRET_EXEC_TIMEOUT: "0"`},
		{name: "negative", flags: map[string]string{"timeout": "-3s"}, fails: `flag --timeout: "-3s"`},
		{name: "nobody works", flags: map[string]string{"concurrency": "0"}, fails: `flag --concurrency: "0"`},
		{name: "batch", flags: map[string]string{"batch": "always"}, fails: `flag --batch: "always"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eff, outcome := world{noDocument: true, flags: tt.flags, env: tt.env}.resolve(t)
			if tt.fails != "" {
				if !strings.HasPrefix(outcome, "error: CONFIG: "+tt.fails) {
					t.Errorf("Resolve: %s, want an error with %s", outcome, tt.fails)
				}
				return
			}
			if diff := cmp.Diff(tt.want, eff.Run); diff != "" {
				t.Errorf("Run (-want +got):\n%s", diff)
			}
		})
	}
}
