package kubernetes

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"om-secret-exec/internal/providers"
)

// serviceAccountDir is where the kubelet puts a pod's token, CA and namespace.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// surroundings is what the store sees of its machine besides the settings.
type surroundings struct {
	pod string           // the directory of the pod's service account
	now func() time.Time // nil means time.Now
}

// target is what the settings amount to: which API server, and as whom. Its
// config has no token: tokens change, so the login gives them.
type target struct {
	config *clientrest.Config
	// origin names the source of the credential, such as `the pod's service
	// account`, and user who is meant when no token tells.
	origin, user string
	addressIn    string // what sets the address, for hints
	token        string // a fixed token, or
	tokenFile    string // a file with the current one, or
	plugin       *api.ExecConfig
	// context and namespace are the kubeconfig's.
	context, namespace string
}

// choose finds the target. An explicit kubernetes_in_cluster decides; otherwise
// a kubeconfig that is configured, then the default one if it is there, as
// OpenMetadata has it, then the pod's service account, which OpenMetadata does
// not look for, then an address and a token file alone.
func choose(s providers.Settings, around surroundings) (*target, *providers.Error) {
	files := kubeconfigFiles(s)
	inPod := s.Whether(keyInCluster)
	forbidden := s.Get(keyInCluster) == "false"
	switch {
	case inPod && s.Get(keyContext) != "":
		return nil, configError("leave one of the two out",
			"%s names a context of a kubeconfig, and %s does not use one", keyContext, keyInCluster)
	case inPod:
		return podTarget(s, around)
	case files.configured || files.exist():
		return kubeconfigTarget(s, files)
	case !forbidden && isPod(s, around):
		return podTarget(s, around)
	case s.Get(keyAPIServer) != "" && s.Get(keyTokenFile) != "":
		return plainTarget(s)
	}
	return nil, nothingConfigured(s, files, forbidden)
}

func nothingConfigured(s providers.Settings, files kubeconfigs, forbidden bool) *providers.Error {
	message := "no cluster is configured: there is no kubeconfig"
	if len(files.paths) > 0 {
		message += " at " + strings.Join(files.paths, ", ")
	}
	switch {
	case forbidden:
		message += ", and " + keyInCluster + " is false (" + s.Values[keyInCluster].Source + ")"
	default:
		message += ", and this is no pod with a service account"
	}
	return configError(s.HowToSet(keys(), keyKubeconfig)+"; in a pod, give it a service account, and "+keyInCluster+" is true or not set", "%s", message)
}

// isPod tells whether Kubernetes started us and mounted a token.
func isPod(s providers.Settings, around surroundings) bool {
	host := env(s, "KUBERNETES_SERVICE_HOST")
	info, err := os.Stat(filepath.Join(around.pod, "token"))
	return host != "" && err == nil && !info.IsDir()
}

// podTarget is the cluster that this process runs in, as its service account. It
// does what client-go's InClusterConfig does, in a directory that tests can
// choose.
func podTarget(s providers.Settings, around surroundings) (*target, *providers.Error) {
	t := &target{
		config: &clientrest.Config{}, origin: "the pod's service account", addressIn: "KUBERNETES_SERVICE_HOST",
		tokenFile: filepath.Join(around.pod, "token"),
	}
	host := env(s, "KUBERNETES_SERVICE_HOST")
	port := env(s, "KUBERNETES_SERVICE_PORT")
	if port == "" {
		port = "443"
	}
	switch address := s.Get(keyAPIServer); {
	case address != "":
		t.config.Host, t.addressIn = address, keyAPIServer
	case host == "":
		return nil, configError("set it to false outside of a cluster, or name the address in "+keyAPIServer,
			"%s is true (%s), and KUBERNETES_SERVICE_HOST is not set", keyInCluster, s.Values[keyInCluster].Source)
	default:
		t.config.Host = "https://" + net.JoinHostPort(host, port)
	}
	// A pod whose API server has a public certificate has no such file.
	if ca, err := os.ReadFile(filepath.Join(around.pod, "ca.crt")); err == nil {
		t.config.CAData = ca
	}
	if file := s.Get(keyTokenFile); file != "" {
		t.tokenFile = file
	}
	if _, err := os.Stat(t.tokenFile); err != nil {
		return nil, configError("give the pod a service account (automountServiceAccountToken), or name the file in "+keyTokenFile,
			"reading the service account's token: %v", err)
	}
	return t, requireTLS(t)
}

// plainTarget is an address and a token, without a kubeconfig.
func plainTarget(s providers.Settings) (*target, *providers.Error) {
	t := &target{
		config: &clientrest.Config{Host: s.Get(keyAPIServer)},
		origin: keyTokenFile, addressIn: keyAPIServer, tokenFile: s.Get(keyTokenFile),
	}
	if _, err := os.Stat(t.tokenFile); err != nil {
		return nil, configError("name the file in "+keyTokenFile, "reading the token: %v", err)
	}
	return t, requireTLS(t)
}

// requireTLS refuses to send a token in the clear.
func requireTLS(t *target) *providers.Error {
	if u, err := url.Parse(t.config.Host); err == nil && u.Scheme == "https" && u.Host != "" {
		return nil
	}
	return configError("write it as https://HOST:PORT, in "+keyAPIServer+" or in the kubeconfig",
		"the API server's address is not an https address, and a token is to be sent there (%s)", t.addressIn)
}

// env is a variable's value, empty if it is not set.
func env(s providers.Settings, name string) string {
	if s.Env == nil {
		return ""
	}
	value, _ := s.Env(name)
	return value
}
