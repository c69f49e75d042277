package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/resolver"
	"om-secret-exec/internal/settings"
	"om-secret-exec/internal/workflow"
)

// job is one document on its way from text to text. Its steps are methods in
// the order in which they run; the first that cannot go on ends the run, and a
// step that checks several things reports all of them.
type job struct {
	app  *app
	opts *options
	in   input

	start time.Time // the time-out counts from here

	doc     *workflow.Document
	scalars []workflow.Scalar        // doc's references, as the document orders them
	refs    []reference.Reference    // parsed; the zero value where there is nothing to look up
	plain   map[int][]byte           // values that needed no look-up: decrypted ones
	bad     map[int]*providers.Error // references that cannot be looked up
	set     *settings.Effective
	values  map[int]string
}

func newJob(a *app, o *options) *job {
	return &job{
		app: a, opts: o,
		plain: map[int][]byte{}, bad: map[int]*providers.Error{}, values: map[int]string{},
	}
}

// leastAttempt is what one request may take. It is half of the run's time where
// that is more, so that a hanging request leaves time for another.
const leastAttempt = 10 * time.Second

// resolve gives the resolved document, or a failedError with everything that
// stands in the way.
func (j *job) resolve(ctx context.Context) ([]byte, error) {
	if err := j.prepare(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithDeadline(ctx, j.start.Add(j.set.Run.Timeout))
	defer cancel()
	if err := j.lookUp(ctx); err != nil {
		return nil, err
	}
	out, err := j.render()
	j.app.msg.stepf("done after %s", j.elapsed())
	return out, err
}

// prepare does all that needs no store.
func (j *job) prepare() error {
	if err := j.parse(); err != nil {
		return err
	}
	j.references()
	if err := j.settings(); err != nil {
		return err
	}
	j.checkIDs()
	return nil
}

func (j *job) elapsed() time.Duration { return time.Since(j.start).Round(10 * time.Microsecond) }

func (j *job) parse() error {
	var err error
	j.doc, err = workflow.Parse(workflow.Input{
		Name: j.in.name, Data: j.in.data, Format: j.opts.documentFormat(),
		Expand: j.opts.expand(), Env: j.app.env,
	})
	if err != nil {
		return j.documentError(err)
	}
	j.scalars = j.doc.References()
	j.app.msg.stepf("read %s: %d %s, after %s", j.in.name, len(j.scalars), plural(len(j.scalars), "reference"), j.elapsed())
	for _, w := range j.doc.Warnings() {
		j.warn(w.Pos, w.Message, w.Hint)
	}
	return nil
}

// documentError gives an error of the document its place in the file.
func (j *job) documentError(err error) error {
	var doc *workflow.Error
	if !errors.As(err, &doc) {
		return failed(&providers.Error{Code: providers.Internal, Message: err.Error()})
	}
	f := failure{err: &providers.Error{Code: doc.Code(), Message: doc.Message, Hint: doc.Hint}, where: j.in.name}
	if doc.Pos.Line > 0 {
		f.where = j.where(doc.Pos)
	}
	return &failedError{failures: []failure{f}}
}

// lookUp reads every secret that is referred to, and applies the rules for what
// a document may hold. References that are wrong already do not keep the others
// from being tried: a person wants to hear of everything at once.
func (j *job) lookUp(ctx context.Context) error {
	wants, index := j.wants()
	outcomes, stats := resolver.Resolve(ctx, wants, resolver.Options{
		Open: j.open, Concurrency: j.set.Run.Concurrency, Trace: j.trace,
		AttemptTimeout: max(leastAttempt, j.set.Run.Timeout/2),
	})
	if len(wants) > 0 {
		j.app.msg.stepf("%s", statsText(stats))
	}
	accepted := map[string]bool{}
	for n, i := range index {
		out := outcomes[n]
		if out.Err == nil || !refusal(out.Err.Code) {
			accepted[j.refs[i].Store] = true
		}
		j.accept(i, out)
	}
	for i, value := range j.plain {
		j.accept(i, resolver.Outcome{Value: value})
	}
	return j.failed(accepted)
}

// accept takes an outcome into the document's values under the value rules.
func (j *job) accept(i int, out resolver.Outcome) {
	if out.Err != nil {
		j.bad[i] = out.Err
		return
	}
	asked := j.refs[i].HasField || out.Defaulted
	text, warnings, err := j.opts.rules().Apply(out.Value, asked)
	if err != nil {
		j.bad[i] = out.Source.Locate(err)
		return
	}
	if out.Source.Note != "" {
		warnings = append(warnings, out.Source.Note)
	}
	for _, w := range warnings {
		j.warn(j.scalars[i].Pos, w, "")
	}
	j.values[i] = text
}

// wants lists the look-ups, and for each the scalar that asked for it.
func (j *job) wants() (wants []resolver.Want, index []int) {
	for i, r := range j.refs {
		if r.ID == "" || j.bad[i] != nil {
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

func (j *job) where(p workflow.Position) string {
	return fmt.Sprintf("%s:%d:%d", j.in.name, p.Line, p.Column)
}

func (j *job) warn(p workflow.Position, text, hint string) {
	if p.Line > 0 {
		text = j.where(p) + ": " + text
	}
	j.app.msg.warn(text)
	j.app.msg.hint(hint)
}

// asError unwraps the *providers.Error in err; any other error is a bug whose
// text may not be shown, because nobody has vouched for it.
func asError(err error) *providers.Error {
	var e *providers.Error
	if errors.As(err, &e) {
		return e
	}
	return &providers.Error{Code: providers.Internal, Message: fmt.Sprintf("unexpected %T", err)}
}
