package kubernetes

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"om-secret-exec/internal/providers"
)

// namespace is where the Secrets are, and why there. The reason is in every
// message, because OpenMetadata's server and ingestion have different defaults
// and so look in different namespaces unless somebody says otherwise.
type namespace struct{ name, why string }

func (n namespace) String() string { return n.name + " (" + n.why + ")" }

// namespaceOf applies OpenMetadata's order, the kubeconfig's context before its
// literal default.
func namespaceOf(s providers.Settings, around surroundings, t *target) (namespace, *providers.Error) {
	n := namespace{"default", "because nothing names another"}
	file := filepath.Join(around.pod, "namespace")
	if set, _ := s.Lookup(keyNamespace); set.Value != "" {
		n = namespace{set.Value, "from " + set.Source}
	} else if own, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(own)) != "" {
		n = namespace{strings.TrimSpace(string(own)), "the pod's own"}
	} else if t.namespace != "" {
		n = namespace{t.namespace, "from context " + strconv.Quote(t.context)}
	}
	if !isLabel(n.name) {
		return n, configError("names are 1 to 63 lower-case letters, digits and dashes",
			"%q is not the name of a namespace (%s)", n.name, n.why)
	}
	return n, nil
}
