package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// The loaders. The first three are OpenMetadata's, auto is ours.
const (
	Airflow = "airflow"
	Env     = "env"
	Noop    = "noop"
	Auto    = "auto"
)

const (
	providerKey = "secretsManagerProvider"
	loaderKey   = "secretsManagerLoader"
)

// choose settles the provider and the loader, each from the flag, the variable,
// the workflow or the default.
func (r *run) choose() error {
	var document Document
	if r.in.Document != nil {
		document = *r.in.Document
	}
	r.eff.Provider = r.settle("provider", document.Provider, "db")
	r.eff.Loader = r.settle("loader", document.Loader, Noop)
	return errors.Join(r.checkProvider(), r.checkLoader())
}

// settle applies the precedence to one of the workflow's keys. The default is
// what OpenMetadata takes for a workflow without the key, or with null or nothing
// in it; without a workflow nobody has chosen.
func (r *run) settle(flag string, doc *DocSetting, byDefault string) Choice {
	choice := r.option(flag)
	if choice.Source != "" {
		if doc != nil && doc.Value != choice.Value && strings.HasPrefix(choice.Source, "variable ") {
			r.eff.Notes = append(r.eff.Notes, fmt.Sprintf("%s overrides %s at %s", choice.Source, keyOf(flag), doc.Where))
		}
		return choice
	}
	switch {
	case r.in.Document == nil:
		return Choice{}
	case doc == nil:
		return Choice{byDefault, "default"}
	case doc.Null || doc.Value == "":
		if flag == "loader" || !doc.Null {
			r.warn(Remark{Kind: Workflow, Text: fmt.Sprintf("%s: %s says nothing, which OpenMetadata refuses; taken as %s", doc.Where, keyOf(flag), byDefault)})
		}
		return Choice{byDefault, doc.Where}
	}
	return Choice{doc.Value, doc.Where}
}

func keyOf(flag string) string {
	if flag == "loader" {
		return loaderKey
	}
	return providerKey
}

// storeless tells whether a provider means that there is no store. Older
// releases of OpenMetadata wrote noop and local for today's db.
func storeless(provider string) bool {
	return slices.Contains([]string{"", "db", "noop", "local"}, provider)
}

func (r *run) checkProvider() error {
	name := r.eff.Provider.Value
	if storeless(name) {
		return nil
	}
	kind, err := findKind(r.in.Kinds, r.eff.Provider)
	if err != nil {
		return err
	}
	r.kind = kind
	return nil
}

// findKind looks a provider up; the error says what there is.
func findKind(kinds []providers.Kind, c Choice) (*providers.Kind, error) {
	var names []string
	for i := range kinds {
		if slices.Contains(kinds[i].Names, c.Value) {
			return &kinds[i], nil
		}
		names = append(names, kinds[i].Names...)
	}
	e := &providers.Error{
		Code:    providers.UnsupportedProvider,
		Message: fmt.Sprintf("%s: there is no provider %q", c.Source, c.Value),
		Hint:    "providers are " + strings.Join(names, ", ") + ", and db for none",
	}
	if strings.HasPrefix(c.Value, "$") {
		e.Hint = "the variable is not set, so that its name was left; " + e.Hint
	} else if c.Value == "in-memory" {
		e.Message = fmt.Sprintf("%s: provider %q is for OpenMetadata's own tests and holds no secrets", c.Source, c.Value)
	} else if near := nearest(c.Value, append(names, "db")); near != "" {
		e.Hint = fmt.Sprintf("did you mean %s? %s", near, e.Hint)
	}
	return nil, e
}

func (r *run) checkLoader() error {
	loaders := []string{Airflow, Env, Noop, Auto}
	c := &r.eff.Loader
	if c.Source == "" {
		*c = Choice{Auto, "default"}
	}
	if slices.Contains(loaders, c.Value) {
		return nil
	}
	hint := "loaders are " + strings.Join(loaders, ", ")
	if near := nearest(c.Value, loaders); near != "" {
		hint = fmt.Sprintf("did you mean %s? %s", near, hint)
	}
	return configError(fmt.Sprintf("%s: there is no loader %q", c.Source, c.Value), hint)
}

// NoStore is the error for a reference, or a command, that needs a store when
// Main is nil. It says which line to add. It is nil when there is a store.
func (e *Effective) NoStore() *providers.Error {
	switch {
	case e.Main != nil:
		return nil
	case e.Provider.Source == "":
		return configError("no provider is chosen, so there is no store to ask",
			"add --provider=aws (or another provider), or set OM_SECRET_EXEC_PROVIDER=aws")
	case e.Provider.Source == "default":
		return configError(fmt.Sprintf("the workflow has no %s, so there is no store to ask", providerKey),
			fmt.Sprintf("add `%s: aws` (or another provider) below workflowConfig.openMetadataServerConfig", providerKey))
	}
	hint := fmt.Sprintf("write `%s: aws` (or another provider) there", providerKey)
	if strings.HasPrefix(e.Provider.Source, "flag ") || strings.HasPrefix(e.Provider.Source, "variable ") {
		hint = "give it the name of a provider, such as aws, or leave it away"
	}
	return configError(fmt.Sprintf("%s: provider %q means that there is no store to ask", e.Provider.Source, e.Provider.Value), hint)
}
