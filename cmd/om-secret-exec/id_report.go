package main

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/secretid"
)

// idReport is what id prints; -o json is this as it stands.
type idReport struct {
	IDs []namedID `json:"ids"`
}

// namedID is an id with all that one needs to use it.
type namedID struct {
	Provider  string   `json:"provider"`
	Variant   string   `json:"variant,omitempty"`
	ID        string   `json:"id"`
	Reference string   `json:"reference"`
	Object    string   `json:"object,omitempty"` // where it is not the id
	Older     string   `json:"older,omitempty"`  // the reference before authType
	Create    string   `json:"create,omitempty"` // nothing if the store refuses the id
	Storable  bool     `json:"storable"`
	Warnings  []string `json:"warnings"`
}

func newNamedID(id secretid.ID) namedID {
	one := namedID{
		Provider: id.Provider, Variant: id.Variant, ID: id.ID, Reference: referenceTo(id),
		Storable: id.Storable, Warnings: append([]string{}, id.Warnings...), // [], not null
	}
	if id.Object != id.ID {
		one.Object = id.Object
	}
	if id.Storable {
		one.Create = createCommand(id.Provider, id.Object)
	}
	return one
}

// referenceTo is the id as a workflow has it. Ids have no character that needs
// quotes in YAML or an escape in a reference.
func referenceTo(id secretid.ID) string { return "secret:" + id.ID }

// createCommand is the command of a store's own program that creates a secret
// and reads its value from standard input; empty for other stores. None of them
// prints the value.
func createCommand(provider, name string) string {
	switch provider {
	case "aws":
		return "aws secretsmanager create-secret --name " + name + " --secret-string file:///dev/stdin"
	case "aws-ssm":
		return "aws ssm put-parameter --name " + name + " --type SecureString --value file:///dev/stdin"
	case "azure-kv":
		return "az keyvault secret set --vault-name VAULT --name " + name + " --file /dev/stdin --output none"
	case "gcp":
		return "gcloud secrets create " + name + " --replication-policy=automatic --data-file=-"
	case "kubernetes":
		return "kubectl create secret generic " + name + " --namespace NAMESPACE --from-file=value=/dev/stdin"
	case "openbao":
		return "bao kv put -mount=secret " + strings.TrimPrefix(name, "/") + " value=-"
	}
	return ""
}

func (r idReport) text() string {
	var b strings.Builder
	for i, id := range r.IDs {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n", id.label(true))
		for _, line := range [][2]string{
			{"reference", id.Reference},
			{"object", id.Object},
			{"before authType", id.Older},
			{"create", id.Create},
		} {
			if line[1] != "" {
				fmt.Fprintf(&b, "  %-15s  %s\n", line[0], line[1])
			}
		}
	}
	return b.String()
}

// label names the store, for a headline with its title and all names.
func (id namedID) label(headline bool) string {
	label := id.Provider
	if headline {
		for _, kind := range stores() {
			if kind.Names[0] == id.Provider {
				label = fmt.Sprintf("%s (%s)", kind.Title, strings.Join(kind.Names, ", "))
			}
		}
	}
	if id.Variant != "" {
		label += ", " + id.Variant
	}
	return label
}

// sayOfIDs prints each warning once, with the stores that it is about.
func (a *app) sayOfIDs(ids []namedID) {
	var texts []string
	about := map[string][]string{}
	for _, id := range ids {
		for _, w := range id.Warnings {
			if about[w] == nil {
				texts = append(texts, w)
			}
			if label := id.label(false); !slices.Contains(about[w], label) {
				about[w] = append(about[w], label)
			}
		}
	}
	for _, text := range texts {
		if len(about[text]) < len(ids) {
			text = strings.Join(about[text], "; ") + ": " + text
		}
		a.msg.warn(text)
	}
}
