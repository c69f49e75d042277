package rest

import (
	"path/filepath"
	"testing"
)

func TestBuiltInRoots(t *testing.T) {
	t.Parallel()
	there, absent := t.TempDir(), filepath.Join(t.TempDir(), "absent")
	tests := []struct {
		name   string
		env    map[string]string
		places []string
		want   bool
	}{
		{"the system has roots", nil, []string{absent, there}, false},
		{"it has none", nil, []string{absent}, true},
		{"SSL_CERT_FILE", map[string]string{"SSL_CERT_FILE": absent}, []string{absent}, false},
		{"SSL_CERT_DIR", map[string]string{"SSL_CERT_DIR": absent}, []string{absent}, false},
		{"empty variables", map[string]string{"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}, []string{absent}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }
			pool := builtIn(env, tt.places)
			if (pool != nil) != tt.want {
				t.Fatalf("builtIn gives %v, want roots: %t", pool, tt.want)
			}
			//nolint:staticcheck // Subjects leaves out the system's roots only
			if pool != nil && len(pool.Subjects()) < 100 {
				t.Errorf("only %d roots are built in", len(pool.Subjects()))
			}
		})
	}
}
