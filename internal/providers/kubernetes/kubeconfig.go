package kubernetes

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"om-secret-exec/internal/providers"
)

// kubeconfigs are the files that may make up the kubeconfig, first one first.
type kubeconfigs struct {
	paths []string
	// configured is false for the default place: nobody asked for that one.
	configured bool
	source     string // who named them
	howTo      string // set them
}

// kubeconfigFiles applies kubectl's rule after our setting: KUBECONFIG, which
// may name several, else the file in the home directory. KUBECONFIG counts with
// every loader, as it does for OpenMetadata, whose client library reads it.
func kubeconfigFiles(s providers.Settings) kubeconfigs {
	home, howTo := env(s, "HOME"), s.HowToSet(keys(), keyKubeconfig)
	if set, _ := s.Lookup(keyKubeconfig); set.Value != "" {
		return kubeconfigs{splitList(set.Value, home), true, set.Source, howTo}
	}
	if list := env(s, "KUBECONFIG"); list != "" {
		return kubeconfigs{splitList(list, home), true, "variable KUBECONFIG", howTo}
	}
	if home == "" {
		return kubeconfigs{configured: s.Get(keyContext) != "", source: keyContext, howTo: howTo}
	}
	return kubeconfigs{
		paths:      []string{filepath.Join(home, ".kube", "config")},
		configured: s.Get(keyContext) != "", source: "default", howTo: howTo,
	}
}

// splitList reads a list as Python's client library does, ~ included.
func splitList(list, home string) []string {
	var paths []string
	for _, path := range filepath.SplitList(list) {
		if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
			path = filepath.Join(home, rest)
		}
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// exist tells whether one of the files is there; files of a list may be missing.
// A home directory that is no directory, or not ours to enter, has none.
func (k kubeconfigs) exist() bool {
	return slices.ContainsFunc(k.paths, func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
}

// load reads and merges the files. client-go's own error may quote them, so what
// is wrong is found out here.
func (k kubeconfigs) load() (*api.Config, *providers.Error) {
	if !k.exist() {
		return nil, configError(k.howTo+": a file that is there",
			"there is no kubeconfig at %s (%s)", strings.Join(k.paths, ", "), k.source)
	}
	rules := clientcmd.ClientConfigLoadingRules{Precedence: k.paths}
	raw, err := rules.Load()
	if err == nil {
		return raw, nil
	}
	for _, path := range k.paths {
		data, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, configError("make the file readable to this user", "reading the kubeconfig (%s): %v", k.source, err)
		}
		if _, err := clientcmd.Load(data); err != nil {
			return nil, configError("look at it with: kubectl config view --kubeconfig "+path,
				"the file %s (%s) is not a kubeconfig", path, k.source)
		}
	}
	return nil, configError("", "the kubeconfig %s (%s) cannot be read", strings.Join(k.paths, ", "), k.source)
}

// kubeconfigTarget is the cluster and the user of a context.
func kubeconfigTarget(s providers.Settings, files kubeconfigs) (*target, *providers.Error) {
	raw, failed := files.load()
	if failed != nil {
		return nil, failed
	}
	name, failed := contextOf(s, raw, files)
	if failed != nil {
		return nil, failed
	}
	if s.Get(keyTokenFile) != "" {
		// The setting takes the place of whatever the kubeconfig has.
		raw.AuthInfos[raw.Contexts[name].AuthInfo] = &api.AuthInfo{TokenFile: s.Get(keyTokenFile)}
	}
	origin := "context " + strconv.Quote(name) + " of kubeconfig " + strings.Join(files.paths, ", ")
	config, err := clientcmd.NewNonInteractiveClientConfig(*raw, name, &clientcmd.ConfigOverrides{
		ClusterInfo: api.Cluster{Server: s.Get(keyAPIServer)},
	}, nil).ClientConfig()
	if err != nil {
		return nil, unusable(err, origin)
	}
	if config.AuthProvider != nil {
		return nil, configError("let the cloud's tool write the kubeconfig anew: it will name an exec plugin",
			"%s uses an auth-provider, which Kubernetes has removed", origin)
	}
	t := &target{
		config: config, origin: origin, addressIn: origin, user: strconv.Quote(oneLine(raw.Contexts[name].AuthInfo)),
		token: config.BearerToken, tokenFile: config.BearerTokenFile, plugin: config.ExecProvider,
		context: name, namespace: raw.Contexts[name].Namespace,
	}
	config.BearerToken, config.BearerTokenFile, config.ExecProvider = "", "", nil
	if s.Get(keyAPIServer) != "" {
		t.addressIn = keyAPIServer
	}
	if t.token != "" || t.tokenFile != "" || t.plugin != nil || s.Get(keyTokenFile) != "" {
		return t, requireTLS(t)
	}
	return t, nil
}

// contextOf finds the context, and makes sure that what it names is there:
// client-go takes a user who is missing for nobody.
func contextOf(s providers.Settings, raw *api.Config, files kubeconfigs) (string, *providers.Error) {
	name, from := s.Get(keyContext), s.Values[keyContext].Source
	if name == "" {
		name, from = raw.CurrentContext, "its current-context"
	}
	where := "the kubeconfig " + strings.Join(files.paths, ", ")
	known := "contexts are " + strings.Join(slices.Sorted(maps.Keys(raw.Contexts)), ", ")
	if len(raw.Contexts) == 0 {
		known = "write one with: kubectl config set-context"
	}
	if name == "" {
		return "", configError("set "+keyContext+"; "+known, "%s has no current-context", where)
	}
	context := raw.Contexts[name]
	if context == nil {
		return "", configError("set "+keyContext+"; "+known, "%s has no context %q (%s)", where, name, from)
	}
	if raw.Clusters[context.Cluster] == nil {
		return "", configError("mend it with: kubectl config set-context", "%s: context %q names a cluster that is not there, %q", where, name, context.Cluster)
	}
	if context.AuthInfo != "" && raw.AuthInfos[context.AuthInfo] == nil {
		return "", configError("mend it with: kubectl config set-context", "%s: context %q names a user who is not there, %q", where, name, context.AuthInfo)
	}
	return name, nil
}

// unusable explains why client-go does not take a context. Its texts may quote a
// proxy's password; only those about files are passed on.
func unusable(err error, origin string) *providers.Error {
	if path := pathError(err); path != nil {
		return configError("the kubeconfig names this file: put it there, or mend the entry", "%s: %v", origin, path)
	}
	return configError("look at it with: kubectl config view; a user has one way to authenticate, a certificate comes with a key, an exec plugin with its apiVersion and interactiveMode",
		"%s cannot be used", origin)
}

// pathError finds the failed access to a file in client-go's list of errors,
// which errors.As cannot walk.
func pathError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path
	}
	if list, ok := err.(interface{ Errors() []error }); ok {
		for _, one := range list.Errors() {
			if found := pathError(one); found != nil {
				return found
			}
		}
	}
	return nil
}
