package secretid

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// appPrefix is how the server names the private configuration of apps. Its
// last slash is doubled in the id.
const appPrefix = "external-app/private-config/"

// Owner is what a secret belongs to.
type Owner struct {
	kind  string // as messages call it
	name  string // empty for the server connection
	parts []string
	app   bool
}

// ServiceTypes lists the types of services.
func ServiceTypes() []string {
	return []string{
		"api", "dashboard", "database", "drive", "messaging", "metadata", "mlmodel", "pipeline", "search", "security", "storage",
	}
}

// Service is a service's connection. The type is one of [ServiceTypes] in any
// case, with or without the Service or Services that the API adds. The error is
// CONFIG.
func Service(kind, name string) (Owner, error) {
	bare := strings.ToLower(kind)
	bare = strings.TrimSuffix(strings.TrimSuffix(bare, "services"), "service")
	if !slices.Contains(ServiceTypes(), bare) {
		return Owner{}, errorf("there is no service type %q; there are %s", kind, strings.Join(ServiceTypes(), ", "))
	}
	return named("service", name, bare, name)
}

// Bot is the authentication of a bot, by the name of its user.
func Bot(name string) (Owner, error) { return named("bot", name, "bot", name) }

// Pipeline is an ingestion pipeline that the server deploys.
func Pipeline(name string) (Owner, error) { return named("pipeline", name, "pipeline", name) }

// Workflow is an automation workflow, such as a test of a connection.
func Workflow(name string) (Owner, error) { return named("workflow", name, "workflow", name) }

// ServerConnection is the connection of workflows to the server itself.
func ServerConnection() Owner {
	return Owner{kind: "server connection", parts: []string{"serverconnection"}}
}

// App is the private configuration of an external app, which is stored as a
// whole and knows neither prefix nor cluster.
func App(name string) (Owner, error) {
	owner, err := named("app", name)
	owner.app = true
	return owner, err
}

func named(kind, name string, parts ...string) (Owner, error) {
	if name == "" {
		return Owner{}, errorf("the name of the %s is empty", kind)
	}
	return Owner{kind: kind, name: name, parts: parts}, nil
}

func errorf(format string, args ...any) error {
	return &providers.Error{Code: providers.Config, Message: fmt.Sprintf(format, args...)}
}
