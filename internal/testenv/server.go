package testenv

import (
	_ "embed"
	"net"
	"os"
	"testing"
)

// AWS says how to reach a local server that speaks AWS's protocols.
type AWS struct {
	Endpoint  string // http://127.0.0.1:PORT
	AccessKey string
	SecretKey string
	Region    string
}

// Env returns the environment variables with which an SDK, ours or Python's,
// talks to the server and to nothing else: no metadata service is asked, and no
// file of the user's is read.
func (a AWS) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.Endpoint,
		"AWS_ACCESS_KEY_ID=" + a.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + a.SecretKey,
		"AWS_REGION=" + a.Region,
		"AWS_DEFAULT_REGION=" + a.Region,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
	}
}

// Ministack starts ministack once per test process. It checks signatures and
// IAM policies, for calls by anyone but the root key that is returned.
func Ministack(t testing.TB) AWS {
	t.Helper()
	return ministack.get(t, "ministack", server{
		python: Python(t, "ministack"),
		args:   func(string) []string { return []string{"ministack.app"} },
		env: func(port string) []string {
			return []string{"GATEWAY_PORT=" + port, "BIND_HOST=127.0.0.1", "AUTH=true"}
		},
		health: "/_ministack/health",
	}.start)
}

// Moto starts moto's server once per test process. It checks neither signatures
// nor policies until it is told to.
func Moto(t testing.TB) AWS {
	t.Helper()
	return moto.get(t, "moto", server{
		python: Python(t, "moto"),
		args:   func(port string) []string { return []string{"moto.server", "-H", "127.0.0.1", "-p", port} },
		env:    func(string) []string { return nil },
		health: "/moto-api/",
	}.start)
}

// server is how to start one AWS server on a port.
type server struct {
	python string // of its environment in tools/testenv.py
	args   func(port string) []string
	env    func(port string) []string
	health string // a path that answers 200 when it is ready
}

var ministack, moto shared[AWS]

//go:embed serve.py
var servePy string

// start runs the server and waits until it answers.
func (s server) start() (AWS, error) {
	port, err := freePort()
	if err != nil {
		return AWS{}, err
	}
	p, err := launch(s.env(port), s.python, append([]string{"-c", servePy}, s.args(port)...)...)
	if err != nil {
		return AWS{}, err
	}
	endpoint := "http://" + net.JoinHostPort("127.0.0.1", port)
	if err := p.ready(page{url: endpoint + s.health}); err != nil {
		return AWS{}, err
	}
	return AWS{Endpoint: endpoint, AccessKey: "test", SecretKey: "test", Region: "eu-west-1"}, nil
}
