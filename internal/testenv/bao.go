package testenv

import (
	"net"
	"net/http"
	"path/filepath"
	"testing"
)

// BaoServer says how to reach an OpenBao server in its development mode: in
// memory, unsealed, with a key/value store of version 2 at secret/.
type BaoServer struct {
	Addr      string // https://127.0.0.1:PORT
	CAFile    string // a PEM file with the CA of its certificate
	RootToken string
	Command   string // the program bao of the same version
}

// Env returns the variables with which bao's own commands use the server.
func (b BaoServer) Env() []string {
	return []string{"BAO_ADDR=" + b.Addr, "BAO_CACERT=" + b.CAFile, "BAO_TOKEN=" + b.RootToken}
}

var bao shared[BaoServer]

// Bao starts an OpenBao server once per test process.
func Bao(t testing.TB) BaoServer {
	t.Helper()
	return bao.get(t, "OpenBao", func() (BaoServer, error) { return startBao(baoCommand(t)) })
}

// NewBao starts an OpenBao server for a test alone, which may seal it. It ends
// with the test process.
func NewBao(t testing.TB) BaoServer {
	t.Helper()
	server, err := thrice(func() (BaoServer, error) { return startBao(baoCommand(t)) })
	if err != nil {
		t.Fatalf("starting OpenBao: %v", err)
	}
	return server
}

func baoCommand(t testing.TB) string {
	t.Helper()
	return filepath.Join(filepath.Dir(installed(t, "bao")), "bao")
}

func startBao(command string) (BaoServer, error) {
	port, err := freePort()
	if err != nil {
		return BaoServer{}, err
	}
	dir, err := scratch()
	if err != nil {
		return BaoServer{}, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	b := BaoServer{Addr: "https://" + address, CAFile: filepath.Join(dir, "vault-ca.pem"), RootToken: "root-of-the-tests", Command: command}
	p, err := guard(dir, command, "server", "-dev", "-dev-tls", "-dev-tls-cert-dir="+dir,
		"-dev-root-token-id="+b.RootToken, "-dev-no-store-token", "-dev-listen-address="+address)
	if err != nil {
		return BaoServer{}, err
	}
	// The server answers about its health before the store at secret/ is there.
	return b, p.ready(page{
		url: b.Addr + "/v1/secret/config", caFile: b.CAFile,
		header: http.Header{"X-Vault-Token": {b.RootToken}},
	})
}
