//go:build integration

package openbao_test

import (
	"os"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

// The server has the cluster review the service account's token.
func TestKubernetesOnServer(t *testing.T) {
	k := testenv.Kube(t)
	k.Namespace(t, "bao")
	for _, account := range []string{"reviewer", "ingestion", "other"} {
		k.Account(t, "bao", account)
	}
	k.Create(t, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", object{
		"metadata": object{"name": "bao-reviewer"},
		"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator"},
		"subjects": []object{{"kind": "ServiceAccount", "namespace": "bao", "name": "reviewer"}},
	})
	ca, err := os.ReadFile(k.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	a := newAdmin(t, testenv.Bao(t)).in("clusters")
	a.mount("secret", "2")
	a.put("secret", "a", object{"value": "v"})
	a.policy("reader", "secret/data/a")
	a.write("sys/auth/k8s", object{"type": "kubernetes"})
	a.write("auth/k8s/config", object{
		"kubernetes_host": k.URL, "kubernetes_ca_cert": string(ca), "disable_local_ca_jwt": true,
		"token_reviewer_jwt": k.TokenFor(t, "bao", "reviewer"),
	})
	a.write("auth/k8s/role/om", object{
		"bound_service_account_names": "ingestion", "bound_service_account_namespaces": "bao", "token_policies": "reader",
	})
	by := func(role, token string) providers.Store {
		return openStore(t, a.settings("openbao_token", "", "openbao_auth_method", "kubernetes", "openbao_auth_path", "k8s",
			"openbao_role", role, "openbao_jwt_file", file(t, token)))
	}
	ours := k.TokenFor(t, "bao", "ingestion")
	want{id: "a", value: "v"}.check(t, by("om", ours))
	denied := want{id: "b", code: providers.PermissionDenied}.check(t, by("om", ours))
	if denied != nil && !strings.HasPrefix(denied.Identity, "role om (kubernetes at auth/k8s), subject system:serviceaccount:bao:ingestion") {
		t.Errorf("identity = %q", denied.Identity)
	}
	refused := "logging in: the service account is refused"
	want{id: "a", code: providers.Unauthenticated, message: refused}.check(t, by("om", k.TokenFor(t, "bao", "other")))
	forged := strings.Join(strings.Split(ours, ".")[:2], ".") + ".Zm9yZ2Vk"
	want{id: "a", code: providers.Unauthenticated, message: refused}.check(t, by("om", forged))
	want{id: "a", code: providers.Unauthenticated, message: "the role, or"}.check(t, by("absent", ours))
}
