package testenv

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
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
	return ministack.get(t, server{
		name: "ministack",
		args: func(string) []string { return []string{"ministack.app"} },
		env: func(port string) []string {
			return []string{"GATEWAY_PORT=" + port, "BIND_HOST=127.0.0.1", "AUTH=true"}
		},
		health: "/_ministack/health",
	})
}

// Moto starts moto's server once per test process. It checks neither signatures
// nor policies until it is told to.
func Moto(t testing.TB) AWS {
	t.Helper()
	return moto.get(t, server{
		name:   "moto",
		args:   func(port string) []string { return []string{"moto.server", "-H", "127.0.0.1", "-p", port} },
		env:    func(string) []string { return nil },
		health: "/moto-api/",
	})
}

// server is how to start one server on a port.
type server struct {
	name   string // its environment in tools/testenv.py
	args   func(port string) []string
	env    func(port string) []string
	health string // a path that answers 200 when it is ready
}

// shared is a server that the tests of one process share.
type shared struct {
	sync.Mutex
	aws *AWS
}

var ministack, moto shared

//go:embed serve.py
var servePy string

// patience is how long a server may take to start on a machine that does other
// things as well.
const patience = 60 * time.Second

func (s *shared) get(t testing.TB, srv server) AWS {
	t.Helper()
	s.Lock()
	defer s.Unlock()
	if s.aws != nil {
		return *s.aws
	}
	python := Python(t, srv.name)
	var err error
	// Between our choice of a free port and the server's use of it, another
	// process may take it.
	for range 3 {
		var endpoint string
		if endpoint, err = srv.start(python); err == nil {
			s.aws = &AWS{Endpoint: endpoint, AccessKey: "test", SecretKey: "test", Region: "eu-west-1"}
			return *s.aws
		}
	}
	t.Fatalf("starting %s: %v", srv.name, err)
	return AWS{}
}

// start runs the server and waits until it answers.
func (s server) start(python string) (endpoint string, err error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(python, append([]string{"-c", servePy}, s.args(port)...)...)
	// Nothing of the caller's AWS settings or proxies may reach the server.
	cmd.Env = append(s.env(port), "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir())
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	life, err := cmd.StdinPipe() // see serve.py
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	stop := func() {
		_ = life.Close()
		select {
		case <-exited:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-exited
		}
	}
	endpoint = "http://" + net.JoinHostPort("127.0.0.1", port)
	if err := poll(endpoint+s.health, exited); err != nil {
		stop()
		return "", fmt.Errorf("%w\n%s", err, output.Bytes())
	}
	atEnd(stop)
	return endpoint, nil
}

// poll asks for a page until it is there, the server has ended, or patience has.
func poll(url string, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if resp, err := client.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-exited:
			return fmt.Errorf("it ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("it was not ready after %v", patience)
		case <-tick.C:
		}
	}
}

// freePort returns a port of 127.0.0.1 that nobody listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}
