package kubernetes

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

// A plugin may leave something running that holds its output, such as an agent.
func TestPluginLeavesChild(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.secrets["db"] = map[string]string{"value": "x"}
	st, _ := withPlugin(t, c, "linger", "TEST_PLUGIN_TOKEN", c.token)
	if _, err := get(t, st, "db"); err != nil {
		t.Errorf("Read = %+v", *err)
	}
}

// A plugin that hangs ends with the context, and with it what it started; who
// waits for the same plugin waits no longer either.
func TestPluginHangs(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	port := filepath.Join(t.TempDir(), "port")
	st, log := withPlugin(t, c, "hang", "TEST_PLUGIN_PORT", port)
	var wg sync.WaitGroup
	for i := range 3 {
		// Not at the same moment: whoever has time left may not start it again.
		limited, stop := context.WithTimeout(t.Context(), 2*time.Second+time.Duration(i)*200*time.Millisecond)
		defer stop()
		wg.Go(func() {
			got := st.Read(limited, []providers.Ref{{ID: "db"}})[0].Err
			checkHarmless(t, got)
			if got == nil || got.Code != providers.Timeout || !got.Retryable || !strings.Contains(got.Message, "exec plugin") {
				t.Errorf("Read = %+v, want a retryable TIMEOUT that names the plugin", got)
			}
		})
	}
	wg.Wait()
	if n := len(runs(t, log)); n != 1 {
		t.Errorf("the plugin was run %d times, want 1", n)
	}
	address, err := os.ReadFile(port)
	if err != nil {
		t.Fatalf("the plugin's child did not start: %v", err)
	}
	if conn, err := net.Dial("tcp", string(address)); err == nil {
		conn.Close()
		t.Error("what the plugin started has outlived it")
	}
}
