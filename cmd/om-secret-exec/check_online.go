package main

import (
	"context"
	"time"

	"om-secret-exec/internal/check"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/resolver"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// asking is what the steps beyond the documents share over a run.
type asking struct {
	start time.Time       // one time-out for all documents
	said  map[string]bool // findings and notes that concern the environment, not one document
}

func newAsking() asking { return asking{said: map[string]bool{}} }

func (k *asking) begin(c *checker) {
	if c.opts.online != "" {
		c.app.warmUp()
	}
	k.start = time.Now()
}

// once tells whether something is to be said for the first time.
func (k *asking) once(text string) bool {
	first := !k.said[text]
	k.said[text] = true
	return first
}

// around checks what is around a workflow: the settings of its stores, and,
// with --online, whether these have its secrets. A document that cannot be read
// is told of elsewhere.
func (c *checker) around(ctx context.Context, p placed, in workflow.Input) (set, found []check.Finding) {
	doc, err := workflow.Parse(in)
	if err != nil {
		return nil, nil
	}
	l := newLookups(c.app, &c.opts.options)
	l.start = c.asking.start
	for _, s := range doc.References() {
		l.sites = append(l.sites, site{where: p.where(s.Pos), path: s.Path, text: s.Value})
	}
	l.references(ctx)
	set, usable := c.settings(ctx, &l, documentSettings(doc, p.where))
	if usable && c.opts.online != "" {
		l.checkIDs()
		found = c.look(ctx, &l, doc.References())
	}
	return set, found
}

// settings checks the settings of a workflow's stores, and tells whether these
// can be asked. What concerns the environment is found once, however many
// documents it concerns.
func (c *checker) settings(ctx context.Context, l *lookups, doc *settings.Document) (found []check.Finding, usable bool) {
	set, err := l.readSettings(ctx, doc)
	if set == nil {
		c.settingsFailed(err)
		return nil, false
	}
	ctx, cancel := l.within(ctx)
	defer cancel()
	all, late := timely(ctx, "opening the stores", func() ([]check.Finding, error) { return check.Settings(ctx, set), nil })
	if late != nil {
		c.settingsFailed(late)
		return nil, false
	}
	wrong, closed := false, false
	for _, f := range all {
		bad := f.Severity == check.Error && c.shown(f.Code)
		wrong, closed = wrong || bad, closed || bad && f.Code != check.BrokenStore
		if c.asking.once(f.Code + f.Message) {
			found = append(found, f)
		}
	}
	for _, n := range set.Notes {
		if c.asking.once(n) {
			c.app.msg.note(n)
		}
	}
	if err != nil && !wrong {
		c.settingsFailed(err)
	}
	l.set = set
	return found, err == nil && !closed
}

// settingsFailed reports settings that cannot be used for a reason that no
// finding tells. An unknown provider is one of the document.
func (c *checker) settingsFailed(err error) {
	for _, f := range settingsError(err).failures {
		told := f.err.Code == providers.UnsupportedProvider && c.shown("OMS301")
		if !told && c.asking.once(f.err.Error()) {
			c.failures = append(c.failures, f)
		}
	}
}

// look asks the stores for the secrets of a workflow. References that are wrong
// in themselves are findings of the document and not asked for.
func (c *checker) look(ctx context.Context, l *lookups, scalars []workflow.Scalar) []check.Finding {
	wants, index := l.wants()
	open := l.open
	if c.opts.online == exists {
		open = func(ctx context.Context, name string) (providers.Store, error) { return openProber(ctx, l, name) }
		c.leaveFields(wants)
	}
	var found []check.Finding
	outcomes := l.outcomes(ctx, wants, open)
	for n, i := range index {
		warnings, err := c.judge(l, i, outcomes[n])
		if err != nil {
			found = append(found, c.answer(l, i, scalars[i], err)...)
		}
		for _, w := range warnings {
			found = append(found, doubt(l, i, scalars[i], outcomes[n].Source, w))
		}
	}
	return found
}

// leaveFields asks for whole secrets: without a value there is nothing to take a
// field from.
func (c *checker) leaveFields(wants []resolver.Want) {
	for i := range wants {
		if wants[i].HasField && c.asking.once("fields") {
			c.app.msg.note("fields (#FIELD) are looked at by --online=read only")
		}
		wants[i].Field, wants[i].HasField = "", false
	}
}

// judge applies to a value that was read the rules for what a document may
// hold. A default is written in the document, and no secret's value.
func (c *checker) judge(l *lookups, i int, out resolver.Outcome) (warnings []string, err *providers.Error) {
	if out.Err != nil || c.opts.online == exists {
		return nil, out.Err
	}
	_, warnings, err = c.opts.rules().Apply(out.Value, l.refs[i].HasField || out.Defaulted)
	if out.Defaulted {
		warnings = nil
	}
	return warnings, out.Source.Locate(err)
}
