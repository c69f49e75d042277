package main

import (
	"context"
	"errors"
	"fmt"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// job is one document on its way from text to text. Its steps are methods in
// the order in which they run; the first that cannot go on ends the run, and a
// step that checks several things reports all of them.
type job struct {
	lookups
	in      input
	doc     *workflow.Document
	scalars []workflow.Scalar // doc's references, as the document orders them
	values  map[int]string
}

func newJob(a *app, o *options) *job { return &job{lookups: newLookups(a, o)} }

// resolve gives the resolved document, or a failedError with everything that
// stands in the way.
func (j *job) resolve(ctx context.Context) ([]byte, error) {
	if err := j.prepare(ctx); err != nil {
		return nil, err
	}
	return j.finish(ctx)
}

// finish does what is left after prepare.
func (j *job) finish(ctx context.Context) ([]byte, error) {
	err := j.takes()
	if err != nil {
		return nil, err
	}
	if j.values, err = j.texts(ctx); err != nil {
		return nil, err
	}
	out, err := j.render()
	j.app.msg.stepf("done after %s", j.elapsed())
	return out, err
}

// prepare does all that needs no store.
func (j *job) prepare(ctx context.Context) error {
	if err := j.parse(); err != nil {
		return err
	}
	j.references(ctx)
	if err := j.settings(ctx, documentSettings(j.doc, j.where)); err != nil {
		return err
	}
	j.checkIDs()
	return nil
}

func (j *job) parse() error {
	var err error
	j.doc, err = workflow.Parse(workflow.Input{
		Name: j.in.name, Data: j.in.data, Format: j.opts.documentFormat(),
		Expand: j.opts.expand(!j.in.raw), Env: j.app.env,
	})
	if err != nil {
		return j.documentError(err)
	}
	j.scalars = j.doc.References()
	for _, s := range j.scalars {
		j.sites = append(j.sites, site{where: j.where(s.Pos), path: s.Path, text: s.Value})
	}
	j.app.msg.stepf("read %s: %d %s, after %s", j.in.name, len(j.scalars), plural(len(j.scalars), "reference"), j.elapsed())
	for _, w := range j.doc.Warnings() {
		j.app.msg.warn(site{where: j.where(w.Pos)}.say(w.Message))
		j.app.msg.hint(w.Hint)
	}
	return nil
}

// documentSettings is what a document itself says of its secrets manager.
func documentSettings(doc *workflow.Document, where func(workflow.Position) string) *settings.Document {
	server := doc.Server()
	d := &settings.Document{}
	if p := server.Provider; p != nil {
		d.Provider = &settings.DocSetting{Value: p.Value, Null: p.Null, Where: where(p.Pos)}
	}
	if l := server.Loader; l != nil {
		d.Loader = &settings.DocSetting{Value: l.Value, Null: l.Null, Where: where(l.Pos)}
	}
	return d
}

// documentError gives an error of the document its place in the file.
func (j *job) documentError(err error) error {
	var doc *workflow.Error
	if !errors.As(err, &doc) {
		return failed(&providers.Error{Code: providers.Internal, Message: err.Error()})
	}
	return &failedError{failures: []failure{{
		where: j.where(doc.Pos), err: &providers.Error{Code: doc.Code(), Message: doc.Message, Hint: doc.Hint},
	}}}
}

// where names a place in the document, or the document itself.
func (j *job) where(p workflow.Position) string {
	if p.Line == 0 {
		return j.in.name
	}
	return fmt.Sprintf("%s:%d:%d", j.in.name, p.Line, p.Column)
}
