//go:build integration

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/providers/azurekv/azuretest"
	"om-secret-exec/internal/testenv"
)

// TestNamedStores resolves one workflow over two AWS accounts, an Azure vault
// and a Kubernetes namespace at once.
func TestNamedStores(t *testing.T) {
	t.Parallel()
	one, two, k := testenv.Ministack(t), testenv.Moto(t), testenv.Kube(t)
	for _, account := range []testenv.AWS{one, two} {
		cfg := configOf(account)
		err := plantOne(t.Context(), secretsmanager.NewFromConfig(cfg), ssm.NewFromConfig(cfg), "/named/key", "S3NTINEL-"+account.Endpoint)
		if err != nil {
			t.Fatal(err)
		}
	}
	k.Namespace(t, "named")
	k.Account(t, "named", "reader", "get")
	k.Secret(t, "named", "db", map[string][]byte{"value": []byte("S3NTINEL-kube"), "user": []byte("ann")})

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cloud, proxy := azureCloud(key), testenv.NewProxy(t)
	proxy.Handle(azuretest.AuthorityHost, cloud.TokenService())
	proxy.Handle("kv1.vault.azure.net", cloud.Vault())
	t.Cleanup(func() {
		if hosts := proxy.Unexpected(); len(hosts) > 0 {
			t.Errorf("hosts asked that nobody configured: %v", hosts)
		}
	})
	token := k.TokenFor(t, "named", "reader")
	p := params("testdata/named")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Vars = append(env.Vars, proxy.Env()...)
		for name, value := range map[string]string{
			"ONE": one.Endpoint, "ONE_KEY": one.AccessKey, "ONE_SECRET": one.SecretKey,
			"TWO": two.Endpoint, "TWO_KEY": two.AccessKey, "TWO_SECRET": two.SecretKey,
			"REGION": one.Region, "TENANT": azuretest.Tenant,
			"CLIENT": cloud.Apps[0].ClientID, "CLIENT_SECRET": cloud.Apps[0].Secret,
		} {
			env.Setenv(name, value)
		}
		kubeconfig := kubeconfig(k.URL, k.CAFile, token)
		if err := os.WriteFile(filepath.Join(env.WorkDir, "kubeconfig"), []byte(kubeconfig), 0o600); err != nil {
			return err
		}
		return common(env)
	}
	testscript.Run(t, p)
}
