package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gate"
	"om-secret-exec/internal/providers/rest"
)

// plugin is the login by an exec plugin of the kubeconfig. It runs the program
// once for all requests, again when what it gave has expired, and once when the
// server refuses that all the same.
type plugin struct {
	spec   *api.ExecConfig
	config *clientrest.Config
	caFile string
	origin string
	info   []byte // for the program, see execInfo
	now    func() time.Time
	plain  *http.Client // without a certificate of the plugin's
	gate   gate.Gate[*credential]
}

const (
	execV1      = "client.authentication.k8s.io/v1"
	execV1beta1 = "client.authentication.k8s.io/v1beta1"
)

func newPlugin(t *target, caFile string, now func() time.Time) (*plugin, *providers.Error) {
	p := &plugin{
		spec: t.plugin, config: t.config, caFile: caFile, origin: t.origin, now: now,
	}
	if p.now == nil {
		p.now = time.Now
	}
	p.gate.Stopped, p.gate.Valid = p.late, p.lasts
	if v := p.spec.APIVersion; v != execV1 && v != execV1beta1 {
		return nil, configError("let the cloud's tool write the kubeconfig anew",
			"%s: the exec plugin speaks %q, which is neither %s nor %s", t.origin, oneLine(v), execV1, execV1beta1)
	}
	if p.spec.InteractiveMode == api.AlwaysExecInteractiveMode {
		return nil, configError("use a plugin that needs nobody, or log in before and give the token with "+keyTokenFile,
			"%s: the exec plugin wants to ask at a terminal (interactiveMode Always)", t.origin)
	}
	var failed *providers.Error
	if p.info, failed = execInfo(t); failed != nil {
		return nil, failed
	}
	p.plain, failed = connect(p.config, caFile, p.origin)
	return p, failed
}

// credential implements login.
func (p *plugin) credential(ctx context.Context, refused *credential) (*credential, *providers.Error) {
	if refused != nil {
		return p.gate.Renew(ctx, refused, p.fetch)
	}
	given, _, failed := p.gate.Get(ctx, p.fetch)
	return given, failed
}

// fetch runs the program.
func (p *plugin) fetch(ctx context.Context) (*credential, *providers.Error) {
	given, failed := p.run(ctx)
	if failed != nil {
		return nil, failed
	}
	return p.use(given)
}

// lasts leaves the time for one request.
func (p *plugin) lasts(c *credential) bool {
	return c.expires.IsZero() || p.now().Add(10*time.Second).Before(c.expires)
}

// use makes a credential of what the program gave.
func (p *plugin) use(given execStatus) (*credential, *providers.Error) {
	hasCert, hasKey := given.ClientCertificateData != "", given.ClientKeyData != ""
	switch {
	case hasCert != hasKey, !hasCert && given.Token == "", !rest.FitsHeader(given.Token):
		return nil, p.useless("gives neither a token nor a certificate with its key")
	case !hasCert:
		return &credential{given.Token, p.plain, given.ExpirationTimestamp}, nil
	}
	config := clientrest.CopyConfig(p.config)
	config.CertData, config.KeyData = []byte(given.ClientCertificateData), []byte(given.ClientKeyData)
	client, failed := connect(config, p.caFile, "exec plugin "+p.name())
	return &credential{given.Token, client, given.ExpirationTimestamp}, failed
}

// execStatus is the part of an ExecCredential that is for us.
type execStatus struct {
	Token                 string    `json:"token"`
	ClientCertificateData string    `json:"clientCertificateData"`
	ClientKeyData         string    `json:"clientKeyData"`
	ExpirationTimestamp   time.Time `json:"expirationTimestamp"`
}

// execCluster is what a plugin may want to know of the cluster; the names are
// those of the API, in both versions.
type execCluster struct {
	Server     string          `json:"server"`
	ServerName string          `json:"tls-server-name,omitempty"`
	Insecure   bool            `json:"insecure-skip-tls-verify,omitempty"`
	CA         []byte          `json:"certificate-authority-data,omitempty"`
	ProxyURL   string          `json:"proxy-url,omitempty"`
	NoGzip     bool            `json:"disable-compression,omitempty"`
	Config     json.RawMessage `json:"config,omitempty"`
}

// execInfo is the ExecCredential that a plugin finds in KUBERNETES_EXEC_INFO.
func execInfo(t *target) ([]byte, *providers.Error) {
	type spec struct {
		Cluster     *execCluster `json:"cluster,omitempty"`
		Interactive bool         `json:"interactive"`
	}
	info := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       spec   `json:"spec"`
	}{t.plugin.APIVersion, "ExecCredential", spec{}}
	if t.plugin.ProvideClusterInfo {
		config := clientrest.CopyConfig(t.config)
		config.ExecProvider = t.plugin
		c, err := clientrest.ConfigToExecCluster(config)
		if err != nil {
			return nil, unusable(err, t.origin)
		}
		info.Spec.Cluster = &execCluster{
			Server: c.Server, ServerName: c.TLSServerName, Insecure: c.InsecureSkipTLSVerify,
			CA: c.CertificateAuthorityData, ProxyURL: c.ProxyURL, NoGzip: c.DisableCompression,
		}
		if c.Config != nil {
			if info.Spec.Cluster.Config, err = json.Marshal(c.Config); err != nil {
				return nil, unusable(err, t.origin)
			}
		}
	}
	text, err := json.Marshal(info)
	if err != nil {
		return nil, unusable(err, t.origin)
	}
	return text, nil
}
