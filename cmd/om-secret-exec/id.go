package main

import (
	"strings"

	"github.com/spf13/cobra"

	"om-secret-exec/internal/secretid"
)

const idLong = `Id tells under which id an OpenMetadata server stores a secret, in each store,
with the reference to write into a workflow and the store's own command that
creates the secret. Nobody is asked and nothing is written.

The commands read the value from standard input, so that it is in no argument
and no history. Without a line break at its end it gets there like this:
  IFS= read -rs v; printf %s "$v" | COMMAND
VAULT and NAMESPACE in a command are yours to fill in.`

const idExample = `  om-secret-exec id --service database/warehouse --field authType.password
  om-secret-exec id --bot ingestion-bot --provider kubernetes
  om-secret-exec id --workflow test --field request.connection.config.password`

// idOptions are the flags of id.
type idOptions struct {
	service, bot, pipeline, workflow, app string
	serverConnection                      bool
	field, provider, format               string
	server                                secretid.Server
	quiet                                 bool
}

func newID(a *app) *cobra.Command {
	o := &idOptions{}
	cmd := &cobra.Command{
		Use:     "id",
		Short:   "Tell the ids that an OpenMetadata server gives secrets",
		Long:    idLong,
		Example: idExample,
		Args:    noArguments("say what the secret belongs to, such as --service database/warehouse"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.msg.quiet = o.quiet
			ids, err := o.find(cmd)
			if err != nil {
				return err
			}
			a.sayOfIDs(ids)
			if o.app != "" {
				a.msg.note("the value of an app's secret is its whole private configuration, a JSON object")
			}
			if o.format == "json" {
				return a.writeJSON(idReport{ids})
			}
			return a.write("", []byte(idReport{ids}.text()))
		},
	}
	o.add(cmd)
	return cmd
}

// noArguments accepts none; the hint says where the user's words belong.
func noArguments(hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return usagef(hint, "%s takes no arguments: %q", cmd.Name(), args[0])
	}
}

func (o *idOptions) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&o.service, "service", "", "`TYPE/NAME` of a service; types are "+strings.Join(secretid.ServiceTypes(), ", "))
	fs.StringVar(&o.bot, "bot", "", "`NAME` of a bot's user")
	fs.StringVar(&o.pipeline, "pipeline", "", "`NAME` of an ingestion pipeline")
	fs.StringVar(&o.workflow, "workflow", "", "`NAME` of an automation workflow")
	fs.StringVar(&o.app, "app", "", "`NAME` of an external app, for its private configuration")
	fs.BoolVar(&o.serverConnection, "server-connection", false, "the server's own connection")
	fs.StringVar(&o.field, "field", "", "`PATH` of the field, such as authType.password (of a bot: config.JWTToken)")
	fs.StringVar(&o.server.Cluster, "cluster", secretid.DefaultCluster, "`NAME` of the server's cluster, its clusterName")
	fs.StringVar(&o.server.Prefix, "prefix", "", "`TEXT` of prefix in the server's secretsManagerConfiguration")
	fs.StringVar(&o.provider, "provider", "", "`STORE` to show, instead of all")
	addFormat(cmd, &o.format)
	fs.BoolVar(&o.quiet, "quiet", false, "say nothing but errors")
	completeWith(cmd, "provider", idProviders())
}

// find gives the ids that the flags ask for.
func (o *idOptions) find(cmd *cobra.Command) ([]namedID, error) {
	owner, err := o.owner(cmd)
	if err != nil {
		return nil, err
	}
	if o.server.Cluster == "" {
		return nil, usagef("leave it away for "+secretid.DefaultCluster, "--cluster is empty")
	}
	provider, err := o.store()
	if err != nil {
		return nil, err
	}
	field, err := o.path(owner, cmd.Flags().Changed("field"))
	if err != nil {
		return nil, err
	}
	var older []secretid.ID
	if f, ok := field.WithoutAuthType(); ok && o.service != "" {
		older = secretid.All(o.server, owner, f)
	}
	var found []namedID
	for i, id := range secretid.All(o.server, owner, field) {
		if provider != "" && provider != id.Provider {
			continue
		}
		one := newNamedID(id)
		if older != nil {
			one.Older = referenceTo(older[i])
		}
		found = append(found, one)
	}
	return found, nil
}
