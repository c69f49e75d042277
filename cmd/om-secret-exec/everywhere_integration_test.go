//go:build integration

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"om-secret-exec/internal/providers/azurekv/azuretest"
	"om-secret-exec/internal/providers/gcp/gcptest"
	"om-secret-exec/internal/testenv"
)

// everywhere is one secret in every store that there is, and the settings under
// which a run reaches them all as named stores.
type everywhere struct {
	env []string
	// values are the secrets, by the name of the store; refs refer to them.
	values, refs, given map[string]string
	// planted are the files that hold values because they are a store.
	planted []string
}

// newEverywhere plants a secret into every store: of those that are not among
// the given ones, by the name of the store, one that nobody has ever seen.
func newEverywhere(t *testing.T, given map[string]string) *everywhere {
	t.Helper()
	e := &everywhere{values: map[string]string{}, refs: map[string]string{}, given: given}
	dir := t.TempDir()
	e.aws(t)
	e.clouds(t, dir)
	e.kubernetes(t, dir)
	e.openbao(t)
	e.file(t, dir)
	return e
}

// plant makes up the value of a store and notes how a run gets there.
func (e *everywhere) plant(store, id string, settings ...string) string {
	e.values[store] = e.given[store]
	if e.values[store] == "" {
		e.values[store] = fmt.Sprintf("S3NTINEL-%s-%s", store, rand.Text())
	}
	e.refs[store] = "secret:" + id + "?store=" + store
	for _, s := range settings {
		e.env = append(e.env, "OM_SECRET_EXEC_STORE_"+strings.ToUpper(store)+"_"+s)
	}
	return e.values[store]
}

func (e *everywhere) aws(t *testing.T) {
	t.Helper()
	server := testenv.Ministack(t)
	common := []string{
		"AWS_REGION=" + server.Region, "AWS_ENDPOINT_URL=" + server.Endpoint,
		"AWS_ACCESS_KEY_ID=" + server.AccessKey, "AWS_SECRET_ACCESS_KEY=" + server.SecretKey,
	}
	sm, params := secretsmanager.NewFromConfig(configOf(server)), ssm.NewFromConfig(configOf(server))
	for store, provider := range map[string]string{"sm": "aws", "ssm": "aws-ssm"} {
		id := "/everywhere/" + rand.Text()
		value := e.plant(store, id, append(slices.Clone(common), "PROVIDER="+provider)...)
		if err := plantOne(t.Context(), sm, params, id, value); err != nil {
			t.Fatal(err)
		}
	}
}

func (e *everywhere) clouds(t *testing.T, dir string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	proxy, cloud, google := testenv.NewProxy(t), azureCloud(key), gcptest.New(t)
	e.env = append(e.env, proxy.Env()...)
	proxy.Handle(azuretest.AuthorityHost, cloud.TokenService())
	proxy.Handle("kv1.vault.azure.net", cloud.Vault())
	google.Mount(proxy.Handle, "europe-west3")

	value := e.plant("azure", "everywhere", "PROVIDER=azure-kv", "AZURE_KEY_VAULT_NAME=kv1",
		"AZURE_TENANT_ID="+azuretest.Tenant, "AZURE_CLIENT_ID="+cloud.Apps[0].ClientID,
		"AZURE_CLIENT_SECRET="+cloud.Apps[0].Secret)
	cloud.Secrets["everywhere"] = azuretest.Secret{Value: value, Version: strings.Repeat("b", 32)}

	credentials := filepath.Join(dir, "key.json")
	writeJSON(t, credentials, google.Key(gcptest.Reader))
	value = e.plant("gcp", "everywhere", "PROVIDER=gcp", "PROJECT_ID="+gcptest.Project, "GCP_CREDENTIALS_FILE="+credentials)
	google.Put("projects/"+gcptest.Project+"/secrets/everywhere", gcptest.Version{Data: []byte(value)})
}

func (e *everywhere) kubernetes(t *testing.T, dir string) {
	t.Helper()
	k := testenv.Kube(t)
	namespace := "everywhere-" + strings.ToLower(rand.Text()[:8])
	k.Namespace(t, namespace)
	k.Account(t, namespace, "reader", "get")
	config := filepath.Join(dir, "kubeconfig")
	err := os.WriteFile(config, []byte(kubeconfig(k.URL, k.CAFile, k.TokenFor(t, namespace, "reader"))), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	value := e.plant("kube", "db", "PROVIDER=kubernetes", "KUBERNETES_NAMESPACE="+namespace, "KUBERNETES_KUBECONFIG_PATH="+config)
	k.Secret(t, namespace, "db", map[string][]byte{"value": []byte(value)})
}

func (e *everywhere) openbao(t *testing.T) {
	t.Helper()
	bao := vault{t, testenv.Bao(t)}
	id := "everywhere/" + rand.Text()
	bao.runWith(`path "secret/data/everywhere/*" { capabilities = ["read"] }`, "policy", "write", "everywhere", "-")
	token := bao.run("token", "create", "-policy=everywhere", "-ttl=1h", "-field=token")
	value := e.plant("bao", id, "PROVIDER=openbao", "OPENBAO_ADDRESS="+bao.server.Addr,
		"OPENBAO_CA_CERT_PATH="+bao.server.CAFile, "OPENBAO_TOKEN="+token)
	bao.runWith(value, "kv", "put", "-mount=secret", id, "value=-")
}

func (e *everywhere) file(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "secrets.json")
	value := e.plant("file", "/everywhere", "PROVIDER=file", "SECRETS_FILE="+path)
	writeJSON(t, path, map[string]string{"/everywhere": value})
	e.planted = append(e.planted, path)
}

func writeJSON(t *testing.T, path string, content any) {
	t.Helper()
	data, err := json.Marshal(content)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
