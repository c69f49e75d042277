package main

import (
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/aws"
	"om-secret-exec/internal/providers/azurekv"
	"om-secret-exec/internal/providers/file"
	"om-secret-exec/internal/providers/gcp"
	"om-secret-exec/internal/providers/kubernetes"
	"om-secret-exec/internal/providers/openbao"
)

// stores is the table of stores. To add one, add a folder below
// internal/providers and a row here.
func stores() []providers.Kind {
	return []providers.Kind{
		aws.SecretsManager(),
		aws.ParameterStore(),
		azurekv.Kind(),
		gcp.Kind(),
		kubernetes.Kind(),
		openbao.Kind(),
		file.Kind(),
	}
}

// providerNames lists every provider that settings accept.
func providerNames() []string {
	names := []string{"db", "noop", "local"}
	for _, k := range stores() {
		names = append(names, k.Names...)
	}
	return names
}
