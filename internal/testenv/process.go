package testenv

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
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

//go:embed guard.py
var guardPy string

// patience is how long a server may take to start on a machine that does other
// things as well.
const patience = 60 * time.Second

// shared is a server, described by a T, that the tests of one process share.
type shared[T any] struct {
	sync.Mutex
	server *T
}

// get returns the server, which the first call starts.
func (s *shared[T]) get(t testing.TB, name string, start func() (T, error)) T {
	t.Helper()
	s.Lock()
	defer s.Unlock()
	if s.server == nil {
		server, err := thrice(start)
		if err != nil {
			t.Fatalf("starting %s: %v", name, err)
		}
		s.server = &server
	}
	return *s.server
}

// thrice tries up to three times: between our choice of a free port and the
// server's use of it, another process may take it.
func thrice[T any](start func() (T, error)) (server T, err error) {
	for range 3 {
		if server, err = start(); err == nil {
			break
		}
	}
	return server, err
}

// process is a server that runs, and that ends with the test process at latest.
type process struct {
	exited chan struct{}
	life   io.Closer
	cmd    *exec.Cmd
	output *bytes.Buffer // to be read when exited is closed
}

// launch runs a Python program that watches its standard input. Of the caller's
// environment, with its credentials and proxies, nothing but PATH is passed on.
func launch(env []string, python string, args ...string) (*process, error) {
	cmd := exec.Command(python, args...)
	cmd.Env = append(env, "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir())
	p := &process{exited: make(chan struct{}), cmd: cmd, output: new(bytes.Buffer)}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	var err error
	if p.life, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// guard runs any program. Its working directory is removed when it ends.
func guard(directory string, command ...string) (*process, error) {
	p, err := launch(nil, hostPython(), append([]string{"-c", guardPy, directory}, command...)...)
	if err != nil {
		_ = os.RemoveAll(directory)
	}
	return p, err
}

// stop ends the server and waits until it has ended.
func (p *process) stop() {
	_ = p.life.Close()
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// ready waits until a page answers 200, and otherwise stops the server. A server
// that is ready is stopped at the end of the test process.
func (p *process) ready(page page) error { return p.readyWhen(page.ask) }

// readyWhen is ready for servers that speak something else: ask gives nil when
// they are.
func (p *process) readyWhen(ask func(context.Context) error) error {
	if err := p.await(ask); err != nil {
		p.stop()
		return fmt.Errorf("%w\n%s", err, p.output.Bytes())
	}
	atEnd(p.stop)
	return nil
}

// await asks until the answer is nil, the server has ended, or patience has.
func (p *process) await(ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("it ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("it was not ready after %v: %w", patience, err)
		case <-tick.C:
		}
	}
}

// page is what a server answers with 200 as soon as it is ready.
type page struct {
	url    string
	caFile string      // for https; the server may write it while it starts
	header http.Header // nil: none
}

func (p page) ask(ctx context.Context) error {
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	if p.caFile != "" {
		roots := x509.NewCertPool()
		if cert, err := os.ReadFile(p.caFile); err != nil || !roots.AppendCertsFromPEM(cert) {
			return fmt.Errorf("no certificate in %s", p.caFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, http.NoBody)
	if err != nil {
		return err
	}
	req.Header = p.header
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", resp.Status)
	}
	return nil
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

// scratch makes a directory for a server. Whoever starts the server sees to it
// that the directory is removed: see guard.
func scratch() (string, error) { return os.MkdirTemp("", "om-secret-exec-server-") }
