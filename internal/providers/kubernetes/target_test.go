package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

// Which source wins is told by the identity that a message would show.
func TestChoose(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, inPod := c.pod()
	outside := settings(nil)
	file := c.kubeconfig(fmt.Sprintf("{token: %s}", c.token))
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".kube"), 0o700); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, ".kube", "config"), string(content))
	with := func(s providers.Settings, variables map[string]string, pairs ...string) providers.Settings {
		own := settings(nil, pairs...)
		own.Env = func(name string) (string, bool) {
			if v, ok := variables[name]; ok {
				return v, true
			}
			return s.Env(name)
		}
		return own
	}
	const pod = "the pod's service account"
	tests := []struct {
		name string
		s    providers.Settings
		want string
	}{
		{"pod, nothing said", inPod, pod},
		{"pod with an empty home", with(inPod, map[string]string{"HOME": t.TempDir()}), pod},
		{"pod without a home", with(inPod, map[string]string{"HOME": os.DevNull}), pod},
		{"pod with a kubeconfig at home", with(inPod, map[string]string{"HOME": home}), "kubeconfig " + filepath.Join(home, ".kube", "config")},
		{"pod with KUBECONFIG", with(inPod, map[string]string{"KUBECONFIG": file}), "kubeconfig " + file},
		{"pod with a key", with(inPod, nil, keyKubeconfig, file), "kubeconfig " + file},
		{"key before KUBECONFIG", with(inPod, map[string]string{"KUBECONFIG": "/absent"}, keyKubeconfig, file), "kubeconfig " + file},
		{"key with a tilde", with(inPod, map[string]string{"HOME": home}, keyKubeconfig, "~/.kube/config"), "kubeconfig " + filepath.Join(home, ".kube", "config")},
		{"empty key", with(inPod, nil, keyKubeconfig, "", keyInCluster, ""), pod},
		{"pod by key before a kubeconfig", with(inPod, map[string]string{"KUBECONFIG": file}, keyInCluster, "true"), pod},
		{"outside by key", with(inPod, map[string]string{"HOME": home}, keyInCluster, "false"), "kubeconfig "},
		{"list with a file that is missing", with(outside, map[string]string{"KUBECONFIG": "/absent" + string(filepath.ListSeparator) + file}), `context "main"`},
		{"address and token alone", with(outside, nil, keyAPIServer, c.URL, keyTokenFile, filepath.Join(around.pod, "token")), keyTokenFile},
		{"token file with a kubeconfig", with(outside, nil, keyKubeconfig, file, keyTokenFile, filepath.Join(around.pod, "token")), "kubeconfig " + file},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := choose(tt.s, around)
			if err != nil {
				t.Fatalf("choose = %+v", *err)
			}
			if !strings.Contains(got.origin, tt.want) {
				t.Errorf("origin = %q, want %q", got.origin, tt.want)
			}
		})
	}
}

// refusedTest is settings that cannot work, and part of what is said of them.
type refusedTest struct {
	name   string
	s      providers.Settings
	around surroundings
	want   string
}

func (tt refusedTest) run(t *testing.T) {
	_, err := open(tt.s, tt.around)
	checkHarmless(t, err)
	if err == nil || err.Code != providers.Config || !strings.Contains(err.Message, tt.want) {
		t.Errorf("open = %+v, want CONFIG with %q", err, tt.want)
	}
}

func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, inPod := c.pod()
	empty := surroundings{pod: t.TempDir()}
	good := c.kubeconfig("{token: S3NTINEL}")
	directory := t.TempDir()
	set := func(pairs ...string) providers.Settings {
		s := settings(nil, pairs...)
		s.Env = inPod.Env
		return s
	}
	for _, tt := range []refusedTest{
		{"nothing", settings(nil), empty, "no cluster is configured"},
		{"nothing at home", settings(map[string]string{"HOME": directory}), empty, "no kubeconfig at " + directory},
		{"forbidden", set(keyInCluster, "false"), around, "kubernetes_in_cluster is false (airflow.cfg:7)"},
		{"no pod", settings(nil, keyInCluster, "true"), empty, "KUBERNETES_SERVICE_HOST is not set"},
		{"no token in the pod", set(keyInCluster, "true"), empty, "reading the service account's token"},
		{"context in the pod", set(keyInCluster, "true", keyContext, "x"), around, "names a context of a kubeconfig"},
		{"no such file", set(keyKubeconfig, "/absent/config"), around, "there is no kubeconfig at /absent/config (airflow.cfg:7)"},
		{"context without a kubeconfig", set(keyContext, "other"), around, "there is no kubeconfig"},
		{"token in the clear", set(keyInCluster, "true", keyAPIServer, "http://10.0.0.1"), around, "not an https address"},
		{"token file in the clear", set(keyKubeconfig, good, keyAPIServer, "http://10.0.0.1", keyTokenFile, "/x"), around, "not an https address"},
		{"address and token in the clear", settings(nil, keyAPIServer, "http://10.0.0.1", keyTokenFile, good), empty, "not an https address"},
		{"address that is none", set(keyKubeconfig, good, keyAPIServer, "https://S3NTINEL@ x"), around, ""},
		{"token file is missing", settings(nil, keyAPIServer, "https://10.0.0.1", keyTokenFile, "/absent/token"), empty, "/absent/token"},
		{"namespace that is none", set(keyNamespace, "Team A"), around, `"Team A" is not the name of a namespace (from airflow.cfg:7)`},
	} {
		t.Run(tt.name, tt.run)
	}
	if asked := c.asked(); len(asked) != 0 {
		t.Errorf("opening asked the server: %q", asked)
	}
}

func TestKubeconfigRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, _ := c.pod()
	good := c.kubeconfig("{token: S3NTINEL}")
	directory := t.TempDir()
	garbage := filepath.Join(directory, "garbage")
	write(t, garbage, "users: {S3NTINEL")
	noContext := filepath.Join(directory, "empty")
	write(t, noContext, "{apiVersion: v1, kind: Config}")
	set := func(pairs ...string) providers.Settings { return settings(nil, pairs...) }
	user := func(text string) providers.Settings { return set(keyKubeconfig, c.kubeconfig(text)) }
	edited := func(old, replacement string) providers.Settings {
		data, err := os.ReadFile(good)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "kubeconfig")
		write(t, path, strings.Replace(string(data), old, replacement, 1))
		return set(keyKubeconfig, path)
	}
	for _, tt := range []refusedTest{
		{"file is a directory", set(keyKubeconfig, directory), around, "is a directory"},
		{"not a kubeconfig", set(keyKubeconfig, garbage), around, "is not a kubeconfig"},
		{"no context", set(keyKubeconfig, noContext), around, "has no current-context"},
		{"unknown context", set(keyKubeconfig, good, keyContext, "other"), around, `no context "other" (airflow.cfg:7)`},
		{"no such user", edited("user: ann", "user: bob"), around, `a user who is not there, "bob"`},
		{"no such cluster", edited("cluster: here", "cluster: there"), around, `a cluster that is not there, "there"`},
		{"no server", edited(`server: "`+c.URL+`", `, ""), around, "cannot be used"},
		{"proxy with a password", edited("server:", `proxy-url: "ftp://S3NTINEL@x", server:`), around, "cannot be used"},
		{"token file is missing", user("{tokenFile: /absent/token}"), around, "/absent/token"},
		{"certificate is missing", user("{client-certificate: /absent/cert, client-key: /absent/key}"), around, "/absent/"},
		{"CA is missing", edited("certificate-authority-data: ", "certificate-authority: /absent/ca, x: "), around, "/absent/ca"},
		{"two ways at once", user("{token: S3NTINEL, username: a, password: S3NTINEL}"), around, "cannot be used"},
		{"certificate without a key", user("{client-certificate-data: UzNOVElORUw=}"), around, "cannot be used"},
		{"auth-provider", user("{auth-provider: {name: gcp}}"), around, "auth-provider"},
		{"plugin of an old version", user("{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x, interactiveMode: Never}}"), around, "v1alpha1"},
		{"plugin that asks", user("{exec: {apiVersion: " + execV1 + ", command: x, interactiveMode: Always}}"), around, "interactiveMode Always"},
		{"plugin without a command", user("{exec: {apiVersion: " + execV1 + ", interactiveMode: Never}}"), around, "cannot be used"},
		{"token with a line break", user(`{token: "S3NTINEL\n"}`), around, "is not one"},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestNamespace(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, inPod := c.pod()
	file := c.kubeconfig("{token: x}")
	tests := []struct {
		name   string
		s      providers.Settings
		around surroundings
		want   string
	}{
		{"set", settings(nil, keyNamespace, "set-one", keyKubeconfig, file), around, "set-one (from airflow.cfg:7)"},
		{"the pod's own", inPod, around, "team-a (the pod's own)"},
		{"the pod's own before the context's", settings(nil, keyKubeconfig, file), around, "team-a (the pod's own)"},
		{"empty is unset", settings(nil, keyNamespace, "", keyKubeconfig, file), surroundings{}, `team-a (from context "main")`},
		{"the context's", settings(nil, keyKubeconfig, file), surroundings{}, `team-a (from context "main")`},
		{"nothing", settings(nil, keyAPIServer, c.URL, keyTokenFile, around.pod+"/token"), surroundings{pod: t.TempDir()}, "default (because nothing names another)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := mustOpen(t, tt.s, tt.around)
			if got := st.namespace.String(); got != tt.want {
				t.Errorf("namespace = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAddressOfThePod(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, _ := c.pod()
	for _, tt := range []struct{ host, port, want string }{
		{"10.0.0.1", "6443", "https://10.0.0.1:6443"},
		{"10.0.0.1", "", "https://10.0.0.1:443"},
		{"fd00::1", "443", "https://[fd00::1]:443"},
	} {
		st := mustOpen(t, settings(map[string]string{"KUBERNETES_SERVICE_HOST": tt.host, "KUBERNETES_SERVICE_PORT": tt.port}), around)
		if !strings.HasSuffix(st.Place(), "server "+tt.want) {
			t.Errorf("place of host %q, port %q = %q, want %s", tt.host, tt.port, st.Place(), tt.want)
		}
	}
}
