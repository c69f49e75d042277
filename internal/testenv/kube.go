package testenv

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// KubeServer says how to reach a Kubernetes API server: the real one, with RBAC
// and a store of its own, and without anything that runs containers.
type KubeServer struct {
	URL        string // https://127.0.0.1:PORT, which is also the issuer of service account tokens
	CAFile     string // a PEM file with the CA of its certificate
	AdminToken string // of a user in system:masters
	Kubeconfig string // a file for kubectl and client-go, with AdminToken
}

var kube shared[KubeServer]

// Kube starts an API server and its etcd once per test process. Tests keep apart
// by namespaces.
func Kube(t testing.TB) KubeServer {
	t.Helper()
	return kube.get(t, "Kubernetes", func() (KubeServer, error) {
		directory := filepath.Dir(installed(t, "kube"))
		etcd, err := startEtcd(filepath.Join(directory, "etcd"))
		if err != nil {
			return KubeServer{}, fmt.Errorf("etcd: %w", err)
		}
		return startKube(filepath.Join(directory, "kube-apiserver"), etcd)
	})
}

// startEtcd returns the address of an etcd.
func startEtcd(command string) (string, error) {
	client, err := freePort()
	if err != nil {
		return "", err
	}
	peer, err := freePort()
	if err != nil {
		return "", err
	}
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	endpoint, peers := "http://"+net.JoinHostPort("127.0.0.1", client), "http://"+net.JoinHostPort("127.0.0.1", peer)
	p, err := guard(dir, command, "--data-dir="+filepath.Join(dir, "data"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls="+endpoint, "--advertise-client-urls="+endpoint,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=default="+peers)
	if err != nil {
		return "", err
	}
	return endpoint, p.ready(page{url: endpoint + "/health"})
}

func startKube(command, etcd string) (KubeServer, error) {
	port, err := freePort()
	if err != nil {
		return KubeServer{}, err
	}
	dir, err := scratch()
	if err != nil {
		return KubeServer{}, err
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	k := KubeServer{
		URL: "https://" + net.JoinHostPort("127.0.0.1", port), CAFile: in("ca.pem"),
		AdminToken: "admin-token-of-the-tests", Kubeconfig: in("kubeconfig"),
	}
	if err := k.writeFiles(in); err != nil {
		_ = os.RemoveAll(dir)
		return KubeServer{}, err
	}
	p, err := guard(dir, command, "--etcd-servers="+etcd, "--secure-port="+port, "--bind-address=127.0.0.1",
		"--tls-cert-file="+in("server.pem"), "--tls-private-key-file="+in("server.key"), "--cert-dir="+in("certs"),
		"--token-auth-file="+in("tokens.csv"), "--authorization-mode=RBAC",
		"--service-account-issuer="+k.URL, "--service-account-key-file="+in("accounts.pem"),
		"--service-account-signing-key-file="+in("accounts.key"),
		// It would wait for accounts that only a controller makes.
		"--disable-admission-plugins=ServiceAccount",
		// Else it looks for an address that other machines can reach, and one
		// without a network has none.
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24")
	if err != nil {
		return KubeServer{}, err
	}
	return k, p.ready(page{
		url: k.URL + "/readyz", caFile: k.CAFile,
		header: http.Header{"Authorization": {"Bearer " + k.AdminToken}},
	})
}

// writeFiles writes what the server reads when it starts, and the kubeconfig.
func (k KubeServer) writeFiles(in func(string) string) error {
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	cert, key, err := ca.issuePEM("127.0.0.1")
	if err != nil {
		return err
	}
	private, public, err := signingKey()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"ca.pem": ca.pem, "server.pem": cert, "server.key": key,
		"accounts.key": private, "accounts.pem": public,
		"tokens.csv": []byte(k.AdminToken + ",admin,admin,system:masters\n"),
		"kubeconfig": k.kubeconfig(),
	} {
		if err := os.WriteFile(in(name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (k KubeServer) kubeconfig() []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: test
  cluster: {server: %q, certificate-authority: %q}
users:
- name: admin
  user: {token: %q}
contexts:
- name: test
  context: {cluster: test, user: admin, namespace: default}
current-context: test
`, k.URL, k.CAFile, k.AdminToken)
}
