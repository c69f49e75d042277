// Package kubernetes is Secrets of a Kubernetes cluster. This build knows its
// settings and what its ids may be; it cannot read from it yet, so [Kind] has no
// Open.
package kubernetes

import (
	"fmt"
	"strings"

	"om-secret-exec/internal/providers"
)

// Kind describes Kubernetes Secrets: OpenMetadata's three settings, and beyond
// them another context, address or token, with variables of ours. What a
// kubeconfig holds (exec plugins, certificates, a proxy) stays its own business.
func Kind() providers.Kind {
	return providers.Kind{
		Names:   []string{"kubernetes"},
		Title:   "Kubernetes Secrets",
		Keys:    keys(),
		CheckID: checkID,
	}
}

// keys has no defaults: an unset namespace is the pod's own, and an unset
// kubernetes_in_cluster is found out, where OpenMetadata takes false and then
// fails in a pod that has no kubeconfig.
func keys() []providers.Key {
	return []providers.Key{
		{
			Name: "kubernetes_namespace", Vars: []string{"KUBERNETES_NAMESPACE"},
			Text: "namespace of the Secrets (the pod's own, else default)",
		},
		{
			Name: "kubernetes_api_server", Vars: []string{"OM_SECRET_EXEC_KUBERNETES_API_SERVER"},
			Text: "address of the API server (the cluster's or kubeconfig's own)",
		},
		{
			Name: "kubernetes_in_cluster", Vars: []string{"KUBERNETES_IN_CLUSTER"},
			Role: providers.Credential, Type: providers.Bool,
			Text: "whether to use the pod's service account (when there is one and no kubeconfig)",
		},
		{
			Name: "kubernetes_kubeconfig_path", Vars: []string{"KUBERNETES_KUBECONFIG_PATH", "KUBECONFIG"},
			Role: providers.Credential, Text: "kubeconfig file (~/.kube/config)",
		},
		{
			Name: "kubernetes_context", Vars: []string{"OM_SECRET_EXEC_KUBERNETES_CONTEXT"},
			Role: providers.Credential, Text: "context of the kubeconfig (its current one)",
		},
		{
			Name: "kubernetes_token_file", Vars: []string{"OM_SECRET_EXEC_KUBERNETES_TOKEN_FILE"},
			Role: providers.Credential, Text: "file with the token to send (the service account's)",
		},
	}
}

// checkID accepts what OpenMetadata's server can have made a Secret from: before
// 2026 it kept references with slashes and cleaned them for the object's name,
// so nearly every character can be part of an id.
func checkID(id string) error {
	usable := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if len(id) <= 253 && strings.ContainsFunc(id, usable) {
		return nil
	}
	return &providers.Error{
		Code:    providers.InvalidRef,
		Message: fmt.Sprintf("%q cannot be the name of a Kubernetes Secret", id),
		Hint:    "names are 1 to 253 lower-case letters, digits, dashes and dots",
	}
}
