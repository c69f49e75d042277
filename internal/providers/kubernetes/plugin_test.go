package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/providers"
)

// withPlugin opens a store whose kubeconfig runs this test binary.
func withPlugin(t *testing.T, c *cluster, mode string, more ...string) (*Store, string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	st, err := open(settings(nil, keyKubeconfig, c.kubeconfig(execUser(t, mode, log, more...))), surroundings{})
	if err != nil {
		t.Fatalf("open = %+v", *err)
	}
	return st, log
}

// execUser is a user of a kubeconfig; more are variables and values.
func execUser(t *testing.T, mode, log string, more ...string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := fmt.Sprintf("{name: TEST_EXEC_PLUGIN, value: %q}, {name: TEST_PLUGIN_LOG, value: %q}", mode, log)
	for i := 0; i < len(more); i += 2 {
		env += fmt.Sprintf(", {name: %q, value: %q}", more[i], more[i+1])
	}
	return fmt.Sprintf("{exec: {apiVersion: %s, command: %q, interactiveMode: Never, provideClusterInfo: true, env: [%s]}}", execV1, program, env)
}

func runs(t *testing.T, log string) []string {
	t.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

func TestPluginRunsOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db"] = map[string]string{"value": "x"}
	st, log := withPlugin(t, c, "token", "TEST_PLUGIN_TOKEN", c.token)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := st.Read(t.Context(), []providers.Ref{{ID: "db"}})[0]; got.Err != nil {
				t.Errorf("Read = %+v", *got.Err)
			}
		})
	}
	wg.Wait()
	infos := runs(t, log)
	if len(infos) != 1 {
		t.Errorf("the plugin was run %d times, want 1", len(infos))
	}
	for _, want := range []string{
		`"apiVersion":"` + execV1 + `"`, `"kind":"ExecCredential"`, `"interactive":false`,
		`"server":"` + c.URL + `"`, `"certificate-authority-data":"`, `"config":{"audience":"here"}`,
	} {
		if !strings.Contains(infos[0], want) {
			t.Errorf("the plugin was told %s, want %s in it", infos[0], want)
		}
	}
}

func TestPluginRenewsOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db"] = map[string]string{"value": "x"}
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, c.token)
	st, log := withPlugin(t, c, "token-file", "TEST_PLUGIN_TOKEN", file)
	if _, err := get(t, st, "db"); err != nil {
		t.Fatalf("Read = %+v", *err)
	}
	// The token is replaced in the middle of the run.
	c.set(func() { c.token = "second" })
	write(t, file, "second")
	if _, err := get(t, st, "db"); err != nil {
		t.Errorf("Read after the change = %+v", *err)
	}
	c.set(func() { c.token = "third" })
	for range 3 {
		if _, err := get(t, st, "db"); err == nil || err.Code != providers.Unauthenticated {
			t.Errorf("Read with a token that is refused = %+v, want UNAUTHENTICATED", err)
		}
	}
	if n := len(runs(t, log)); n != 2 {
		t.Errorf("the plugin was run %d times, want 2", n)
	}
}

func TestPluginExpires(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db"] = map[string]string{"value": "x"}
	st, log := withPlugin(t, c, "expired", "TEST_PLUGIN_TOKEN", c.token)
	for range 2 {
		if _, err := get(t, st, "db"); err != nil {
			t.Errorf("Read = %+v", *err)
		}
	}
	if n := len(runs(t, log)); n != 2 {
		t.Errorf("the plugin was run %d times for two requests, want 2: what it gives has expired", n)
	}
}

func TestPluginFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		mode    string
		more    []string
		code    providers.Code
		message string
	}{
		{"status", "fail", nil, providers.Unauthenticated, "ended with status 3"},
		{"no JSON", "garbage", nil, providers.Config, "does not write an ExecCredential"},
		{"certificate without key", "half", nil, providers.Config, "neither a token nor a certificate"},
		{"endless", "endless", nil, providers.Config, "writes more"},
		{"no token", "token", []string{"TEST_PLUGIN_TOKEN", ""}, providers.Config, "neither a token nor a certificate"},
		{"token of two lines", "token", []string{"TEST_PLUGIN_TOKEN", "S3NTINEL\nX-Header: 1"}, providers.Config, "neither a token nor a certificate"},
		{"version", "token", []string{"TEST_PLUGIN_VERSION", execV1beta1}, providers.Config, "another version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			st, log := withPlugin(t, c, tt.mode, tt.more...)
			for range 2 {
				_, err := get(t, st, "db")
				if err == nil || err.Code != tt.code || !strings.Contains(err.Message, tt.message) || !strings.Contains(err.Place, testNamespace) || err.Identity == "" {
					t.Fatalf("Read = %+v, want %s, %q with place and identity", err, tt.code, tt.message)
				}
			}
			if n, asked := len(runs(t, log)), c.asked(); n != 1 || len(asked) != 0 {
				t.Errorf("the plugin was run %d times and the server asked %q, want one run and no request", n, asked)
			}
		})
	}
}

func TestPluginMissing(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	user := "{exec: {apiVersion: " + execV1beta1 + ", command: no-such-plugin, installHint: \"see\\n the \\u001b[1mmanual\", interactiveMode: IfAvailable}}"
	st := mustOpen(t, settings(nil, keyKubeconfig, c.kubeconfig(user)), surroundings{})
	_, err := get(t, st, "db")
	if err == nil || err.Code != providers.Config || !strings.Contains(err.Message, `"no-such-plugin"`) || !strings.Contains(err.Hint, "see the") {
		t.Errorf("Read = %+v, want CONFIG, the plugin's name and its own hint", err)
	}
}
