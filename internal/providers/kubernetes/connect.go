package kubernetes

import (
	"net/http"
	"net/url"
	"os"

	clientrest "k8s.io/client-go/rest"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// connect makes the client for a config: client-go gives TLS and the headers,
// the transport is ours. caFile adds a root to those that the config trusts.
func connect(config *clientrest.Config, caFile, origin string) (*http.Client, *providers.Error) {
	system := caFile
	if len(config.CAData) > 0 || config.CAFile != "" || config.Insecure {
		system = "" // the config's own roots, and no public ones
	}
	transport, failed := rest.NewTransport(rest.Options{CAFiles: []string{system}})
	if failed != nil {
		failed.Place = title
		return nil, failed
	}
	config = clientrest.CopyConfig(config)
	if system == "" && caFile != "" && !config.Insecure {
		if failed := addRoot(config, caFile); failed != nil {
			failed.Place = title
			return nil, failed
		}
	}
	tls, err := clientrest.TLSConfigFor(config)
	if err != nil {
		// The text may quote a key.
		if path := pathError(err); path != nil {
			return nil, configError("put the file there, or mend the entry", "%s: %v", origin, path)
		}
		return nil, configError("they are PEM, base64-encoded in the ...-data entries of a kubeconfig; a key belongs to its certificate",
			"%s: the CA, the client certificate or its key cannot be used", origin)
	}
	if tls != nil {
		if tls.RootCAs == nil {
			tls.RootCAs = transport.TLSClientConfig.RootCAs
		}
		transport.TLSClientConfig = tls
	}
	if config.Proxy != nil {
		transport.Proxy = config.Proxy
	}
	wrapped, err := clientrest.HTTPWrappersForConfig(config, rest.Guard(transport))
	if err != nil {
		return nil, configError("look at it with: kubectl config view", "%s cannot be used", origin)
	}
	return &http.Client{Transport: wrapped, CheckRedirect: rest.SameHost}, nil
}

// addRoot appends the roots of a file to those of the config.
func addRoot(config *clientrest.Config, caFile string) *providers.Error {
	if _, failed := rest.Roots(caFile); failed != nil {
		return failed
	}
	if err := clientrest.LoadTLSFiles(config); err != nil {
		return configError("put the file there, or mend the entry", "loading the certificates: %v", pathError(err))
	}
	more, err := os.ReadFile(caFile)
	if err != nil {
		return configError("", "reading the CA file: %v", err)
	}
	config.CAFile = ""
	config.CAData = append(append(config.CAData, '\n'), more...)
	return nil
}

// address gives the API server's URL, as client-go reads it: a kubeconfig may
// leave the scheme out, or have a path before /api.
func address(t *target) (*url.URL, *providers.Error) {
	u, _, err := clientrest.DefaultServerUrlFor(t.config)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, configError("write it as https://HOST:PORT", "the address of the API server is not a URL (%s)", t.addressIn)
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u, nil
}
