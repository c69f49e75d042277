package settings

import (
	"context"
	"fmt"
	"slices"

	"om-secret-exec/internal/providers"
)

// main fills the settings of the workflow's own store.
func (r *run) main() error {
	if r.kind == nil {
		return nil
	}
	m := &merge{kind: *r.kind, where: where{loader: r.eff.Loader.Value}}
	if err := r.sources(m); err != nil {
		return err
	}
	if r.cfg.config != nil {
		m.where.path = r.cfg.config.Path()
	}
	entries, err := m.fill()
	r.warn(m.warnings...)
	r.eff.Remarks = append(r.eff.Remarks, m.lacks...)
	r.warnNoop(m)
	r.eff.Main = r.store(m, entries, r.eff.Provider.Value)
	return err
}

// sources gives a merge what the loader reads.
func (r *run) sources(m *merge) error {
	env, err := r.envLoader(m.kind)
	if err != nil {
		return err
	}
	m.own = envSource{vars: env.vars, own: true}
	switch m.where.loader {
	case Airflow:
		m.upstream = true
		config, err := r.cfg.strict()
		m.sources = []source{airflowSource{config, Section}}
		return err
	case Auto:
		m.whole = true
		config, err := r.cfg.lenient()
		m.sources = []source{env, airflowSource{config, Section}}
		return err
	case Noop:
		m.bare = true
	}
	m.sources = []source{env}
	return nil
}

// envLoader reads all variables of a store at once.
func (r *run) envLoader(kind providers.Kind) (envSource, error) {
	var names []string
	for _, k := range kind.Keys {
		names = append(names, k.Vars...)
	}
	vars, err := r.in.LoadEnv(names)
	if err != nil {
		return envSource{}, &providers.Error{Code: providers.Internal, Message: err.Error()}
	}
	return envSource{vars: vars}, nil
}

// warnNoop tells that the workflow, as it is, does not work in OpenMetadata: its
// loader noop gives these stores no settings and then fails on having none.
func (r *run) warnNoop(m *merge) {
	name := m.kind.Names[0]
	if r.eff.Loader.Value != Noop || !slices.Contains([]string{"azure-kv", "kubernetes", "openbao"}, name) {
		return
	}
	r.warn(Remark{Kind: Workflow, Text: fmt.Sprintf("loader noop never works for provider %s in OpenMetadata; places are taken from the variables of loader env here, so write `%s: %s`",
		name, loaderKey, Env)})
}

// Open makes the store's client, without network I/O. A store that this build
// only knows the settings of is an UNSUPPORTED_PROVIDER error.
func (s *StoreSettings) Open(ctx context.Context) (providers.Store, error) {
	if s.Kind.Open == nil {
		return nil, &providers.Error{
			Code:    providers.UnsupportedProvider,
			Message: fmt.Sprintf("this build cannot read from provider %q (%s) yet", s.Settings.Provider, s.Kind.Title),
		}
	}
	return s.Kind.Open(ctx, s.Settings)
}

// store puts the outcome of a merge together.
func (r *run) store(m *merge, entries []Entry, provider string) *StoreSettings {
	values := map[string]providers.Setting{}
	for _, e := range entries {
		if e.Set {
			values[e.Key.Name] = providers.Setting{Value: e.Value, Source: e.Source}
		}
	}
	return &StoreSettings{
		Kind:    m.kind,
		Entries: entries,
		Settings: providers.Settings{
			Provider:  provider,
			Loader:    r.eff.Loader.Value,
			Store:     m.where.store,
			Values:    values,
			Env:       r.in.Env,
			CAFile:    r.eff.Run.CAFile,
			NoBatch:   r.eff.Run.NoBatch,
			UserAgent: r.in.UserAgent,
		},
	}
}
