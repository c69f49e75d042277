//go:build integration

package airflow

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"om-secret-exec/internal/testenv"
)

// TestContainers runs the examples whose ingestion is in a container against
// doubles of Docker's and Kubernetes' servers, and then runs, here, what they
// were asked to run.
func TestContainers(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "secrets.json")
	content, err := json.Marshal(map[string]string{
		"/team/prod/warehouse/password": password, "/team/prod/openmetadata/token": token,
	})
	if err == nil {
		err = os.WriteFile(store, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"airflow2", "airflow3"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			docker, kubernetes := &containers{}, &containers{}
			dockerServer, kubernetesServer := httptest.NewServer(docker.docker()), httptest.NewServer(kubernetes.kubernetes())
			t.Cleanup(dockerServer.Close)
			t.Cleanup(kubernetesServer.Close)
			packages, err := filepath.Glob(filepath.Join(filepath.Dir(testenv.Python(t, "containers")), "..", "lib", "python*", "site-packages"))
			if err != nil || len(packages) != 1 {
				t.Fatal(packages, err)
			}
			a := install(t, name).folder("dags", []string{"ingest_docker.py", "ingest_kubernetes.py"},
				"unix:///var/run/docker.sock", strings.Replace(dockerServer.URL, "http", "tcp", 1))
			a.write("kubeconfig", strings.Replace(kubeconfig, "SERVER", kubernetesServer.URL, 1))
			a = a.with(map[string]string{
				"TEST_PACKAGES": packages[0],
				"KUBECONFIG":    filepath.Join(a.dags, "kubeconfig"),
			})
			got := a.dagRuns("ingest_docker", "ingest_kubernetes")
			got.succeeded(t, "ingest_docker.ingest")
			got.succeeded(t, "ingest_kubernetes.ingest")
			a.clean()
			a = a.withStub()
			for _, c := range []*containers{docker, kubernetes} {
				c.runHere(t, a, store)
			}
		})
	}
}

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "SERVER"}}]
users: [{name: test, user: {}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
`

// containers is what a double of a server was asked to run.
type containers struct {
	mu      sync.Mutex
	created map[string]any // the body of the request
	entry   []string
	env     []string
}

// runHere runs the container's command with its environment. It finds its
// secrets, which the request did not hold.
func (c *containers) runHere(t *testing.T, a installation, store string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	request, err := json.Marshal(c.created)
	if err != nil || len(c.entry) < 2 {
		t.Errorf("%s was asked to run %q: %s, %v", a.name, c.entry, request, err)
		return
	}
	if strings.Contains(string(request), "S3NTINEL") || !strings.Contains(string(request), "secret:/team/prod/warehouse/password") {
		t.Errorf("the request holds values, or no reference: %s", request)
	}
	directory := t.TempDir()
	const main = "import runpy\nrunpy.run_module('metadata', run_name='__main__')\n"
	if err := os.WriteFile(filepath.Join(directory, "main.py"), []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), a.env["OM_SECRET_EXEC_BINARY"], c.entry[1:]...)
	cmd.Dir = directory
	cmd.Env = append(c.env, "PATH="+a.env["PATH"], "PYTHONPATH="+a.env["PYTHONPATH"],
		"OM_SECRET_EXEC_PROVIDER=file", "OM_SECRET_EXEC_SECRETS_FILE="+store)
	out, err := cmd.CombinedOutput()
	if err != nil || c.entry[0] != "om-secret-exec" || !strings.Contains(string(out), digests()) {
		t.Errorf("%s: %q: %v\n%s", a.name, c.entry, err, out)
	}
}
