//go:build integration

package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

// The namespace, the account and the Secrets of examples/kubernetes/role.yaml.
const (
	exampleNamespace = "openmetadata"
	exampleAccount   = "ingestion"
	exampleSecret    = "openmetadata-database-warehouse-password"
)

// applyExample gives a fresh API server the example's objects, as kubectl apply
// does, and Secrets that its Role names and that it does not.
func applyExample(t *testing.T) testenv.KubeServer {
	t.Helper()
	k := testenv.Kube(t)
	k.Namespace(t, exampleNamespace)
	k.Namespace(t, "other")
	manifest, err := os.ReadFile(filepath.Join(testenv.Root(t), "examples", "kubernetes", "role.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range bytes.Split(manifest, []byte("\n---\n")) {
		var object testenv.Object
		if err := yaml.Unmarshal(part, &object); err != nil {
			t.Fatal(err)
		}
		k.Create(t, collection(object), object)
	}
	// As kubectl apply makes one.
	k.Create(t, "/api/v1/namespaces/"+exampleNamespace+"/secrets", testenv.Object{
		"metadata": testenv.Object{"name": exampleSecret, "annotations": testenv.Object{
			"kubectl.kubernetes.io/last-applied-configuration": `{"data":{"value":"` + sentinel + `"}}`,
		}},
		"data": map[string][]byte{"value": []byte(sentinel), "user": []byte("ann")},
	})
	k.Secret(t, exampleNamespace, "snowflake", map[string][]byte{"user": []byte("ann"), "password": {0xff, 0}})
	k.Secret(t, exampleNamespace, "unnamed", map[string][]byte{"value": []byte(sentinel)})
	k.Secret(t, "other", exampleSecret, map[string][]byte{"value": []byte(sentinel)})
	return k
}

// collection is the path where an object of the example is made.
func collection(object testenv.Object) string {
	version := object["apiVersion"].(string)
	prefix := "/apis/" + version
	if version == "v1" {
		prefix = "/api/v1"
	}
	return prefix + "/namespaces/" + exampleNamespace + "/" + strings.ToLower(object["kind"].(string)) + "s"
}

// podOf writes what a pod of the account would see.
func podOf(t *testing.T, k testenv.KubeServer, token string) (surroundings, providers.Settings) {
	t.Helper()
	dir := t.TempDir()
	ca, err := os.ReadFile(k.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "token"), token)
	write(t, filepath.Join(dir, "ca.crt"), string(ca))
	write(t, filepath.Join(dir, "namespace"), exampleNamespace)
	u, err := url.Parse(k.URL)
	if err != nil {
		t.Fatal(err)
	}
	return surroundings{pod: dir}, settings(map[string]string{"KUBERNETES_SERVICE_HOST": u.Hostname(), "KUBERNETES_SERVICE_PORT": u.Port()})
}

func TestCluster(t *testing.T) {
	k := applyExample(t)
	t.Run("role", func(t *testing.T) { testRole(t, k) })
	t.Run("probe", func(t *testing.T) { testProbe(t, k) })
	t.Run("refused", func(t *testing.T) { testRefused(t, k) })
	t.Run("examine", func(t *testing.T) { testExamine(t, k) })
	t.Run("plugin", func(t *testing.T) { testPlugin(t, k) })
	t.Run("pod", func(t *testing.T) { testPod(t, k) })
}

// A token that may get three named Secrets and nothing else is enough.
func testRole(t *testing.T, k testenv.KubeServer) {
	around, s := podOf(t, k, k.TokenFor(t, exampleNamespace, exampleAccount))
	st := mustOpen(t, s, around)
	for _, id := range []string{exampleSecret, "/OpenMetadata/database/warehouse/password"} {
		got, err := get(t, st, id)
		if err != nil || string(got.Value) != sentinel || string(got.Fields["user"]) != "ann" || got.Source.Name != exampleSecret || got.Source.Version == "" {
			t.Errorf("Read(%q) = %q %v, %+v, want the Secret", id, got.Value, got.Source, err)
		}
	}
	if got, err := get(t, st, "snowflake"); err != nil || got.Value != nil || !bytes.Equal(got.Fields["password"], []byte{0xff, 0}) {
		t.Errorf("Read(snowflake) = %v, want fields alone", err)
	}
}

// With resource names in the Role, what is misspelt is denied and not absent.
func testRefused(t *testing.T, k testenv.KubeServer) {
	around, s := podOf(t, k, k.TokenFor(t, exampleNamespace, exampleAccount))
	const account = "system:serviceaccount:openmetadata:ingestion"
	tests := []struct {
		name, id, namespace string
		token               string
		code                providers.Code
		identity            string
	}{
		{"absent", "openmetadata-bot-ingestion-bot-config-jwttoken", exampleNamespace, "", providers.NotFound, account},
		{"not named by the Role", "unnamed", exampleNamespace, "", providers.PermissionDenied, account},
		{"misspelt", "openmetadata-database-warehouse-pasword", exampleNamespace, "", providers.PermissionDenied, account},
		{"another namespace", exampleSecret, "other", "", providers.PermissionDenied, account},
		{"namespace that is not there", exampleSecret, "absent", "", providers.PermissionDenied, account},
		{"bad token", exampleSecret, exampleNamespace, sentinel, providers.Unauthenticated, "the pod's service account"},
		{"token for somebody else", exampleSecret, exampleNamespace, k.TokenFor(t, exampleNamespace, exampleAccount, "vault"), providers.Unauthenticated, account},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			around, s := around, s
			if tt.token != "" {
				around, s = podOf(t, k, tt.token)
			}
			s.Values = map[string]providers.Setting{keyNamespace: {Value: tt.namespace, Source: "variable KUBERNETES_NAMESPACE"}}
			_, err := get(t, mustOpen(t, s, around), tt.id)
			if err == nil || err.Code != tt.code || !strings.Contains(err.Identity, tt.identity) || err.RequestID == "" || err.Status == 0 {
				t.Fatalf("Read(%q) = %+v, want %s by %s", tt.id, err, tt.code, tt.identity)
			}
			if want := "namespace " + tt.namespace + " (from variable KUBERNETES_NAMESPACE), server " + k.URL; !strings.Contains(err.Place, want) {
				t.Errorf("Place = %q, want %q in it", err.Place, want)
			}
		})
	}
}

// The reviews that doctor makes are allowed to the least account, too.
func testExamine(t *testing.T, k testenv.KubeServer) {
	around, s := podOf(t, k, k.TokenFor(t, exampleNamespace, exampleAccount))
	checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), []string{
		"namespace ok openmetadata (the pod's own)", "endpoint ok .* answers, Kubernetes v1.36.3", "clock ok ",
		"identity ok system:serviceaccount:openmetadata:ingestion, from the pod's service account",
		"permission ok get on the Secrets openmetadata-bot-ingestion-bot-config-jwttoken, " + exampleSecret + ", snowflake",
	})
	admin := mustOpen(t, settings(nil, keyKubeconfig, k.Kubeconfig), surroundings{})
	checkFacts(t, admin.Examine(t.Context()), []string{
		"namespace ok default (from context \"test\")", "identity ok admin, from context \"test\" of kubeconfig ", "permission warn more than needed",
	})
	around, s = podOf(t, k, sentinel)
	checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), []string{"identity fail the API server does not accept the credential"})
}

// A kubeconfig with an exec plugin, against the real server.
func testPlugin(t *testing.T, k testenv.KubeServer) {
	ca, err := json.Marshal(k.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	user := execUser(t, "token", filepath.Join(t.TempDir(), "log"), "TEST_PLUGIN_TOKEN", k.TokenFor(t, exampleNamespace, exampleAccount))
	write(t, path, fmt.Sprintf(`{apiVersion: v1, kind: Config,
contexts: [{name: main, context: {cluster: c, user: ann, namespace: openmetadata}}],
clusters: [{name: c, cluster: {server: %q, certificate-authority: %s}}], users: [{name: ann, user: %s}]}`, k.URL, ca, user))
	st := mustOpen(t, settings(map[string]string{"KUBECONFIG": path}, keyContext, "main"), surroundings{})
	if got, err := get(t, st, exampleSecret); err != nil || string(got.Value) != sentinel {
		t.Errorf("Read = %+v, want the Secret", err)
	}
}
