package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/resolver"
	"om-secret-exec/internal/settings"
)

// settings finds out which store to ask, and how, from the document and from
// the environment around it.
func (j *job) settings() error {
	in := j.opts.inputs(j.app)
	in.Document = j.documentSettings()
	for _, r := range j.refs {
		if r.Store != "" && !slices.Contains(in.Stores, r.Store) {
			in.Stores = append(in.Stores, r.Store)
		}
	}
	set, err := settings.Resolve(in)
	j.app.sayAbout(set)
	if err != nil {
		return j.withBad(settingsError(err))
	}
	j.set = set
	return nil
}

// documentSettings is what the document itself says of its secrets manager.
func (j *job) documentSettings() *settings.Document {
	server := j.doc.Server()
	d := &settings.Document{}
	if p := server.Provider; p != nil {
		d.Provider = &settings.DocSetting{Value: p.Value, Null: p.Null, Where: j.where(p.Pos)}
	}
	if l := server.Loader; l != nil {
		d.Loader = &settings.DocSetting{Value: l.Value, Null: l.Null, Where: j.where(l.Pos)}
	}
	return d
}

// sayAbout prints what a user should know of settings that were found.
func (a *app) sayAbout(set *settings.Effective) {
	for _, n := range set.Notes {
		a.msg.note(n)
	}
	for _, w := range set.Warnings {
		a.msg.warn(w)
	}
	a.msg.stepf("provider %s (%s), loader %s (%s)",
		set.Provider.Value, set.Provider.Source, set.Loader.Value, set.Loader.Source)
}

// settingsError lists everything that is wrong with the settings.
func settingsError(err error) *failedError {
	f := &failedError{}
	seen := map[string]bool{}
	for _, e := range flatten(err) {
		one := asError(e)
		if text := one.Error(); !seen[text] {
			seen[text] = true
			f.failures = append(f.failures, failure{err: one})
		}
	}
	return f
}

// flatten takes the errors of errors.Join apart.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flatten(e)...)
	}
	return list
}

// store returns the settings of a store, the main one for "", or nil.
func (j *job) store(name string) *settings.StoreSettings {
	if name == "" {
		return j.set.Main
	}
	return j.set.Named[name]
}

// open makes the client of a store on behalf of the resolver.
func (j *job) open(ctx context.Context, name string) (providers.Store, error) {
	store := j.store(name)
	j.app.warnOf(store)
	opened, err := store.Open(ctx)
	if err != nil {
		return nil, providers.Source{Place: store.Kind.Title}.Locate(asError(err))
	}
	return opened, nil
}

// warnOf says what is dangerous about a store's settings.
func (a *app) warnOf(s *settings.StoreSettings) {
	if s.Kind.Warnings == nil {
		return
	}
	for _, w := range s.Kind.Warnings(s.Settings) {
		a.msg.warn(w)
	}
}

// trace tells of the resolver's steps; the resolver hands over no id or value.
func (j *job) trace(e resolver.Event) {
	store := "the store"
	if e.Store != "" {
		store = fmt.Sprintf("store %q", e.Store)
	}
	took := e.Took.Round(10 * time.Microsecond)
	switch e.Step {
	case resolver.StepOpen:
		j.app.msg.stepf("opened %s (%s)", store, took)
	case resolver.StepRead:
		j.app.msg.stepf("asked %s for %d: %d failed%s (%s)", store, e.Refs, e.Failed, because(e.Code), took)
	case resolver.StepSplit:
		j.app.msg.stepf("reading %d one by one%s", e.Refs, because(e.Code))
	case resolver.StepWait:
		j.app.msg.stepf("asking %s again in %s: attempt %d%s", store, took, e.Attempt+1, because(e.Code))
	}
}

func because(code providers.Code) string {
	if code == "" {
		return ""
	}
	return ", " + string(code)
}

func statsText(s resolver.Stats) string {
	return fmt.Sprintf("%d %s to %d %s: %d %s, %d repeated (%s)",
		s.Wants, plural(s.Wants, "reference"), s.Secrets, plural(s.Secrets, "secret"),
		s.Requests, plural(s.Requests, "request"), s.Retries, s.Elapsed.Round(10*time.Microsecond))
}
