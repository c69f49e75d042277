// Package kubernetes reads Secrets of a Kubernetes cluster with plain GETs of
// single objects, so that the verb get on the named Secrets is all it needs.
//
// The connection comes from client-go: its loader reads kubeconfigs, and its
// rest package turns them into TLS, impersonation and basic authentication. Two
// things are done here instead. Tokens are read from their file for each
// request, since the kubelet replaces them. Exec plugins are run here, because
// client-go runs them without a context: one that hangs would outlast the run,
// and go on after it.
package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"om-secret-exec/internal/providers"
)

// The names of the settings; see keys.
const (
	keyNamespace  = "kubernetes_namespace"
	keyAPIServer  = "kubernetes_api_server"
	keyInCluster  = "kubernetes_in_cluster"
	keyKubeconfig = "kubernetes_kubeconfig_path"
	keyContext    = "kubernetes_context"
	keyTokenFile  = "kubernetes_token_file"
)

const title = "Kubernetes Secrets"

// Kind describes Kubernetes Secrets: OpenMetadata's three settings, and beyond
// them another context, address or token, with variables of ours. What a
// kubeconfig holds (exec plugins, certificates, a proxy) stays its own business.
func Kind() providers.Kind {
	return providers.Kind{
		Names:   []string{"kubernetes"},
		Title:   title,
		Keys:    keys(),
		CheckID: checkID,
		Open: func(_ context.Context, s providers.Settings) (providers.Store, error) {
			st, err := open(s, surroundings{pod: serviceAccountDir})
			if err != nil {
				return nil, err
			}
			return st, nil
		},
	}
}

// keys has no defaults: an unset namespace is the pod's own, and an unset
// kubernetes_in_cluster is found out, where OpenMetadata takes false and then
// fails in a pod that has no kubeconfig.
func keys() []providers.Key {
	return []providers.Key{
		{
			Name: keyNamespace, Vars: []string{"KUBERNETES_NAMESPACE"},
			Text: "namespace of the Secrets (the pod's own, else the context's, else default)",
		},
		{
			Name: keyAPIServer, Vars: []string{"OM_SECRET_EXEC_KUBERNETES_API_SERVER"},
			Text: "address of the API server (the cluster's or kubeconfig's own)",
		},
		{
			Name: keyInCluster, Vars: []string{"KUBERNETES_IN_CLUSTER"},
			Role: providers.Credential, Type: providers.Bool,
			Text: "whether to use the pod's service account (when there is one and no kubeconfig)",
		},
		{
			Name: keyKubeconfig, Vars: []string{"KUBERNETES_KUBECONFIG_PATH", "KUBECONFIG"},
			Role: providers.Credential, Text: "kubeconfig file, or several as in KUBECONFIG (~/.kube/config)",
		},
		{
			Name: keyContext, Vars: []string{"OM_SECRET_EXEC_KUBERNETES_CONTEXT"},
			Role: providers.Credential, Text: "context of the kubeconfig (its current one)",
		},
		{
			Name: keyTokenFile, Vars: []string{"OM_SECRET_EXEC_KUBERNETES_TOKEN_FILE"},
			Role: providers.Credential, Text: "file with the token to send (the service account's)",
		},
	}
}

// checkID accepts what OpenMetadata's server can have made a Secret from: before
// 2026 it kept references with slashes and cleaned them for the object's name,
// so nearly every character can be part of an id.
func checkID(id string) error {
	if objectName(id) != "" {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the name of a Kubernetes Secret", id),
		Hint:    "names are 1 to 253 lower-case letters, digits, dashes and dots",
	}
}

// configError is a setting that cannot work.
func configError(hint, format string, args ...any) *providers.Error {
	return &providers.Error{
		Code: providers.Config, Message: fmt.Sprintf(format, args...), Place: title, Hint: hint,
	}
}

// oneLine makes somebody's text fit a message: no line breaks, no control
// characters, and not endless.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	const most = 200
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
