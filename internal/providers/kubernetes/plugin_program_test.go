package kubernetes

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

// actAsPlugin is the test binary as an exec plugin. What it is to do comes in
// variables, which the kubeconfig sets.
func actAsPlugin(mode string) {
	if log := os.Getenv("TEST_PLUGIN_LOG"); log != "" {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintln(f, os.Getenv("KUBERNETES_EXEC_INFO"))
			f.Close()
		}
	}
	fmt.Fprintln(os.Stderr, sentinel, "on standard error")
	status := map[string]any{}
	switch mode {
	case "token":
		status["token"] = os.Getenv("TEST_PLUGIN_TOKEN")
	case "token-file":
		token, _ := os.ReadFile(os.Getenv("TEST_PLUGIN_TOKEN"))
		status["token"] = string(token)
	case "expired":
		status["token"] = os.Getenv("TEST_PLUGIN_TOKEN")
		status["expirationTimestamp"] = "2020-01-01T00:00:00Z"
	case "certificate":
		cert, _ := os.ReadFile(os.Getenv("TEST_PLUGIN_CERT"))
		key, _ := os.ReadFile(os.Getenv("TEST_PLUGIN_KEY"))
		status["clientCertificateData"], status["clientKeyData"] = string(cert), string(key)
	case "half":
		status["clientCertificateData"] = sentinel
	case "fail":
		fmt.Println(sentinel)
		os.Exit(3)
	case "garbage":
		fmt.Println("please log in,", sentinel)
		return
	case "endless":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				os.Exit(1)
			}
		}
	case "hang":
		hang()
	case "linger":
		status["token"] = os.Getenv("TEST_PLUGIN_TOKEN")
		_ = child("sleep").Start()
	case "sleep":
		time.Sleep(3 * time.Second)
		return
	case "hold":
		holdPort()
	}
	version := os.Getenv("TEST_PLUGIN_VERSION")
	if version == "" {
		version = execV1
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"apiVersion": version, "kind": "ExecCredential", "status": status})
}

// hang starts a child that holds a port, and waits for it for ever.
func hang() {
	_ = child("hold").Run()
}

// child is another plugin, which holds our standard output.
func child(mode string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEST_EXEC_PLUGIN="+mode, "TEST_PLUGIN_LOG=")
	cmd.Stdout = os.Stdout
	return cmd
}

func holdPort() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	_ = os.WriteFile(os.Getenv("TEST_PLUGIN_PORT"), []byte(listener.Addr().String()), 0o600)
	time.Sleep(time.Minute) // the test has ended us long before
}
