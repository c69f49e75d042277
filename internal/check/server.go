package check

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/typo"
	"om-secret-exec/internal/workflow"
)

// settings checks what the document says of its server and secrets manager, and
// what its shape means for that.
func (l *lint) settings() {
	if p := l.server.Provider; p != nil && !l.unsettled[p.Pos] {
		l.checkProvider(*p)
	}
	if p := l.server.Loader; p != nil && !l.unsettled[p.Pos] {
		l.checkLoader(*p)
	}
	l.checkCollections()
	l.checkNoop()
	l.checkStored()
	if p := l.server.Provider; p != nil && l.server.Keep != "" && l.kind(l.ownProvider()) != nil {
		l.add(providerStays, p.Pos, p.Path, "OpenMetadata itself keeps looking references up with this provider: "+l.server.Keep,
			"see to it that OpenMetadata can reach the store with these settings, or that the server sends no references")
	}
}

// upstreamProviders are the values that current OpenMetadata accepts, without
// in-memory, which holds no secrets.
func upstreamProviders() []string {
	return []string{
		"db", "managed-aws", "aws", "managed-aws-ssm", "aws-ssm", "managed-azure-kv", "azure-kv",
		"gcp", "kubernetes",
	}
}

func (l *lint) checkProvider(p workflow.Setting) {
	names := []string{"db"}
	for _, k := range l.in.Kinds {
		names = append(names, k.Names...)
	}
	switch {
	case p.Null: // OpenMetadata takes its default, db
	case p.Value == "" || p.Value == "noop" || p.Value == "local":
		l.refused(p, "secretsManagerProvider", "db")
	case p.Value == "in-memory":
		l.add(providerUnknown, p.Pos, p.Path, "provider in-memory is for OpenMetadata's own tests and holds no secrets", "name the store that holds them, such as aws")
	case !slices.Contains(names, p.Value):
		l.add(providerUnknown, p.Pos, p.Path, fmt.Sprintf("there is no provider %q", p.Value), meant(p.Value, names))
	case l.in.Portable && !slices.Contains(upstreamProviders(), p.Value):
		l.add(notUpstream, p.Pos, p.Path, fmt.Sprintf("no release of OpenMetadata has provider %s", p.Value), "without om-secret-exec, name one of "+strings.Join(upstreamProviders(), ", "))
	}
}

func (l *lint) checkLoader(p workflow.Setting) {
	names := []string{"airflow", "env", "noop", "auto"}
	switch {
	case p.Null && storeless(l.ownProvider()):
	case p.Null || p.Value == "":
		l.refused(p, "secretsManagerLoader", "noop")
	case !slices.Contains(names, p.Value):
		l.add(loaderUnknown, p.Pos, p.Path, fmt.Sprintf("there is no loader %q", p.Value), meant(p.Value, names))
	case l.in.Portable && p.Value == "auto":
		l.add(notUpstream, p.Pos, p.Path, "OpenMetadata has no loader auto", "write env, airflow or noop")
	}
}

// checkCollections finds lists and mappings where there has to be one word.
func (l *lint) checkCollections() {
	for _, n := range l.nodes {
		switch {
		case n.Scalar:
		case strings.HasSuffix(n.Path, "secretsManagerProvider"):
			l.at(providerUnknown, n, "a provider is one word, and this is a list or a mapping", "write the provider's name, such as aws, without brackets")
		case strings.HasSuffix(n.Path, "secretsManagerLoader"):
			l.at(loaderUnknown, n, "a loader is one word, and this is a list or a mapping", "write the loader's name, such as env, without brackets")
		}
	}
}

// refused reports a value that is read here and that OpenMetadata refuses.
func (l *lint) refused(p workflow.Setting, key, instead string) {
	value := p.Value
	if p.Null {
		value = "null"
	}
	l.add(serverRefused, p.Pos, p.Path, fmt.Sprintf("current OpenMetadata refuses %q here", value), fmt.Sprintf("write %s: %s, or remove the key", key, instead))
}

// meant is the fix for a misspelt name.
func meant(word string, names []string) string {
	fix := "write one of " + strings.Join(names, ", ")
	tidy := strings.ToLower(strings.TrimSpace(word))
	if near := typo.Nearest(tidy, names, 2); near != "" {
		return fmt.Sprintf("did you mean %s? %s", near, fix)
	}
	part := func(name string) bool { return len(tidy) > 2 && strings.Contains(name, tidy) }
	if i := slices.IndexFunc(names, part); i >= 0 {
		return fmt.Sprintf("did you mean %s? %s", names[i], fix)
	}
	return fix
}

// checkNoop finds the stores that OpenMetadata cannot open without settings.
func (l *lint) checkNoop() {
	p, loader := l.server.Provider, l.server.Loader
	kind := l.kind(l.ownProvider())
	if p == nil || kind == nil || !slices.Contains([]string{"azure-kv", "kubernetes", "openbao"}, kind.Names[0]) {
		return
	}
	const fix = "write secretsManagerLoader: env, or airflow"
	message := fmt.Sprintf("loader noop, which is the default, gives provider %s no settings, and OpenMetadata cannot open the store without", p.Value)
	switch {
	case loader == nil:
		l.add(loaderNoop, p.Pos, p.Path, message, fix)
	case loader.Value == "noop":
		l.add(loaderNoop, loader.Pos, loader.Path, message, fix)
	}
}

// checkStored reports once that resolved values would be kept on the server.
func (l *lint) checkStored() {
	stored := l.server.StoreServiceConnection
	if stored != nil && !*stored {
		return
	}
	for _, s := range l.doc.References() {
		if !s.ServiceConnection {
			continue
		}
		const fix = "write storeServiceConnection: false into workflowConfig.openMetadataServerConfig, or resolve with --store-service-connection=false"
		if l.server.ForceEntityOverwriting {
			l.add(forcedValues, s.Pos, s.Path, "forceEntityOverwriting makes OpenMetadata write the connection, with this value resolved, into its own database at every run", fix)
		} else {
			l.add(storedValues, s.Pos, s.Path, "if the service is new, OpenMetadata writes the connection, with this value resolved, into its own database", fix)
		}
		return
	}
}
