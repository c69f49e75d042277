package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/secretid"
)

// owner is what the flags say that the secret belongs to.
func (o *idOptions) owner(cmd *cobra.Command) (owner secretid.Owner, err error) {
	const hint = "one of --service TYPE/NAME, --bot NAME, --pipeline NAME, --workflow NAME, --app NAME, --server-connection"
	var given []string
	for _, name := range []string{"service", "bot", "pipeline", "workflow", "app", "server-connection"} {
		if cmd.Flags().Changed(name) {
			given = append(given, name)
		}
	}
	switch {
	case len(given) == 0:
		return owner, usagef(hint, "what does the secret belong to?")
	case len(given) > 1:
		return owner, usagef(hint, "--%s and --%s exclude each other", given[0], given[1])
	}
	switch given[0] {
	case "service":
		kind, name, ok := strings.Cut(o.service, "/")
		if !ok {
			return owner, usagef("write --service database/"+o.service+", or the type it has", "--service %q has no type before its name", o.service)
		}
		owner, err = secretid.Service(kind, name)
		if name == "" {
			return owner, idUsage(err, "write --service TYPE/NAME")
		}
		return owner, idUsage(err, didYouMean(strings.ToLower(kind), secretid.ServiceTypes(), ""))
	case "bot":
		owner, err = secretid.Bot(o.bot)
	case "pipeline":
		owner, err = secretid.Pipeline(o.pipeline)
	case "workflow":
		owner, err = secretid.Workflow(o.workflow)
	case "app":
		owner, err = secretid.App(o.app)
	default:
		owner = secretid.ServerConnection()
	}
	return owner, idUsage(err, "")
}

// path reads --field. A bot has one secret that matters; of an app there is
// nothing to name.
func (o *idOptions) path(owner secretid.Owner, given bool) (secretid.Field, error) {
	switch {
	case given:
		field, err := owner.ParseField(o.field)
		return field, idUsage(err, "")
	case o.app != "":
		return secretid.Field{}, nil
	case o.bot != "":
		return owner.ParseField("config.JWTToken")
	}
	return secretid.Field{}, usagef("name the field as it is in the JSON, such as --field authType.password", "--field is missing")
}

// store is the first name of the store that --provider means.
func (o *idOptions) store() (string, error) {
	if o.provider == "" {
		return "", nil
	}
	for _, kind := range stores() {
		if !slices.Contains(kind.Names, o.provider) {
			continue
		}
		if !slices.Contains(idProviders(), kind.Names[0]) {
			return "", usagef("choose any id", "an OpenMetadata server stores nothing in a %s", kind.Title)
		}
		return kind.Names[0], nil
	}
	return "", usagef(didYouMean(o.provider, idProviders(), ""), "no store of OpenMetadata is called %q", o.provider)
}

// idProviders are the names of the stores that servers write to.
func idProviders() []string {
	var names []string
	for _, kind := range stores() {
		if createCommand(kind.Names[0], "") != "" {
			names = append(names, kind.Names...)
		}
	}
	return names
}

// idUsage makes what secretid refuses an error of the command line.
func idUsage(err error, hint string) error {
	var e *providers.Error
	if errors.As(err, &e) {
		return usagef(hint, "%s", e.Message)
	}
	return err
}
