//go:build integration

package kubernetes

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// mountScript puts a directory where the kubelet would, in a mount namespace of
// its own: the machine sees nothing of it.
const mountScript = `set -eu
run=$(realpath /var/run)
mount -t tmpfs none "$run"
mkdir -p "$run/secrets/kubernetes.io/serviceaccount"
mount --bind "$1" "$run/secrets/kubernetes.io/serviceaccount"
shift
exec "$@"
`

// The program in a pod, with the example's workflow: nothing is configured, and
// the real paths are used.
func testPod(t *testing.T, k testenv.KubeServer) {
	binary := testenv.Binary(t)
	around, s := podOf(t, k, k.TokenFor(t, exampleNamespace, exampleAccount))
	const bot = "openmetadata-bot-ingestion-bot-config-jwttoken"
	k.Secret(t, exampleNamespace, bot, map[string][]byte{"value": []byte("jwt-" + sentinel)})
	workflow := filepath.Join(testenv.Root(t), "examples", "kubernetes", "workflow.yaml")
	written, err := os.ReadFile(workflow)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("secret:snowflake#user", `"ann"`, "secret:"+exampleSecret, `"`+sentinel+`"`, "secret:"+bot, `"jwt-`+sentinel+`"`,
		"secretsManagerProvider: kubernetes", "secretsManagerProvider: db", "secretsManagerLoader: env", "secretsManagerLoader: noop").Replace(string(written))
	args := []string{"-m"}
	if os.Getuid() != 0 {
		args = []string{"-Urm"}
	}
	args = append(args, "sh", "-c", mountScript, "sh", around.pod, binary, "resolve", workflow)
	cmd := exec.CommandContext(t.Context(), "unshare", args...)
	host, _ := s.Env("KUBERNETES_SERVICE_HOST")
	port, _ := s.Env("KUBERNETES_SERVICE_PORT")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "KUBERNETES_SERVICE_HOST=" + host, "KUBERNETES_SERVICE_PORT=" + port}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || string(out) != want {
		t.Errorf("resolve in a pod = %s, %v, want %s\n%s", out, err, want, stderr.Bytes())
	}
}
