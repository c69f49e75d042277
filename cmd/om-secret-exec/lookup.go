package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/resolver"
	"om-secret-exec/internal/settings"
)

// settings finds out which store to ask, and how, from the environment and from
// the document, which is nil where there is none.
func (l *lookups) settings(ctx context.Context, doc *settings.Document) error {
	set, err := l.readSettings(ctx, doc)
	l.set = set
	if set != nil {
		l.app.sayAbout(set)
	}
	if err != nil {
		return l.withBad(settingsError(err))
	}
	return nil
}

// inputs is what settings are resolved from, the stores that references name
// among it.
func (l *lookups) inputs(doc *settings.Document) settings.Inputs {
	in := l.opts.inputs(l.app)
	in.Document = doc
	for _, r := range l.refs {
		if r.Store != "" && !slices.Contains(in.Stores, r.Store) {
			in.Stores = append(in.Stores, r.Store)
		}
	}
	return in
}

// leastAttempt is what one request may take. It is half of the run's time where
// that is more, so that a hanging request leaves time for another.
const leastAttempt = 10 * time.Second

// lookUp reads every secret that is referred to and gives the outcomes by index;
// those of references that are wrong already are not among them. These do not
// keep the others from being tried: a person wants to hear of everything at once.
func (l *lookups) lookUp(ctx context.Context) map[int]resolver.Outcome {
	wants, index := l.wants()
	outcomes := l.outcomes(ctx, wants, l.open)
	found := map[int]resolver.Outcome{}
	for n, i := range index {
		out := outcomes[n]
		if out.Err == nil || !refusal(out.Err.Code) {
			l.accepted[l.refs[i].Store] = true
		}
		found[i] = out
	}
	for i, value := range l.plain {
		found[i] = resolver.Outcome{Value: value}
	}
	return found
}

// outcomes answers wants, in their order, within the run's time.
func (l *lookups) outcomes(ctx context.Context, wants []resolver.Want, open openStore) []resolver.Outcome {
	ctx, cancel := l.within(ctx)
	defer cancel()
	outcomes, stats := resolver.Resolve(ctx, wants, resolver.Options{
		Open: open, Concurrency: l.set.Run.Concurrency, Trace: l.trace,
		AttemptTimeout: max(leastAttempt, l.timeout/2),
	})
	if len(wants) > 0 {
		l.app.msg.stepf("%s", statsText(stats))
	}
	return outcomes
}

// openStore makes the client of a store, by its name.
type openStore func(ctx context.Context, name string) (providers.Store, error)

// texts looks up, and applies the rules for what a document or a variable may
// hold.
func (l *lookups) texts(ctx context.Context) (map[int]string, error) {
	values := map[int]string{}
	found := l.lookUp(ctx)
	for _, i := range slices.Sorted(maps.Keys(found)) {
		out := found[i]
		if out.Err != nil {
			l.bad[i] = out.Err
			continue
		}
		asked := l.refs[i].HasField || out.Defaulted
		text, warnings, err := l.opts.rules().Apply(out.Value, asked)
		if err != nil {
			l.bad[i] = out.Source.Locate(err)
			continue
		}
		values[i] = text
		if out.Source.Note != "" {
			warnings = append(warnings, out.Source.Note)
		}
		for _, w := range warnings {
			l.app.msg.warn(l.sites[i].say(w))
		}
	}
	return values, l.failed()
}

// wants lists the look-ups, and for each the reference that asked for it.
func (l *lookups) wants() (wants []resolver.Want, index []int) {
	for i, r := range l.refs {
		if r.ID == "" || l.bad[i] != nil {
			continue
		}
		wants = append(wants, resolver.Want{
			Store: r.Store, Ref: providers.Ref{ID: r.ID, Version: r.Version},
			Field: r.Field, HasField: r.HasField, Default: r.Default,
		})
		index = append(index, i)
	}
	return wants, index
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

// store returns the settings of a store, the main one for "", or nil.
func (l *lookups) store(name string) *settings.StoreSettings {
	if name == "" {
		return l.set.Main
	}
	return l.set.Named[name]
}

// open makes the client of a store on behalf of the resolver.
func (l *lookups) open(ctx context.Context, name string) (providers.Store, error) {
	store := l.store(name)
	l.app.warnOf(store)
	opened, err := openNow(ctx, store)
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
func (l *lookups) trace(e resolver.Event) {
	store := "the store"
	if e.Store != "" {
		store = fmt.Sprintf("store %q", e.Store)
	}
	took := e.Took.Round(10 * time.Microsecond)
	switch e.Step {
	case resolver.StepOpen:
		l.app.msg.stepf("opened %s (%s)", store, took)
	case resolver.StepRead:
		l.app.msg.stepf("asked %s for %d: %d failed%s (%s)", store, e.Refs, e.Failed, because(e.Code), took)
	case resolver.StepSplit:
		l.app.msg.stepf("reading %d one by one%s", e.Refs, because(e.Code))
	case resolver.StepWait:
		l.app.msg.stepf("asking %s again in %s: attempt %d%s", store, took, e.Attempt+1, because(e.Code))
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
