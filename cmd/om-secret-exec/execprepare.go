package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"om-secret-exec/internal/delivery"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/workflow"
)

// prepare does all the work. What is left to do is to become the successor.
func (e *execution) prepare(ctx context.Context) (*successor, error) {
	next := &successor{program: e.program, argv: e.argv, env: os.Environ()}
	if e.clear {
		next.env = withoutCredentials(next.env, e.variable)
	}
	var err error
	switch {
	case len(e.files) > 0:
		err = e.file(ctx, next)
	case e.variable != "":
		err = e.document(ctx, next)
	default:
		err = e.variables(ctx, next)
	}
	if err != nil {
		next.withdraw()
		var fail *failedError
		if errors.As(err, &fail) {
			fail.undone = "the command was not started"
		}
		return nil, err
	}
	return next, nil
}

// file hands the document of FILE over at a path. The place for it is made
// before any store is asked: where there is none, nobody has to be.
func (e *execution) file(ctx context.Context, next *successor) error {
	e.app.warmUp()
	j := newJob(e.app, e.opts)
	if err := j.read(ctx, e.files); err != nil {
		return err
	}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	path, err := e.place(next, suffixOf(e.files[0], j.doc.Format()))
	if err != nil {
		return err
	}
	out, err := j.finish(ctx)
	if err != nil {
		return err
	}
	next.argv = fillIn(e.argv, path)
	return outputError("the document for the command", next.document.Fill(out))
}

// place chooses where the document will be, and tells the path.
func (e *execution) place(next *successor, suffix string) (string, error) {
	if e.byFile {
		private, err := delivery.OpenPrivate(e.dir, suffix)
		if err != nil {
			return "", outputError("a file in "+e.dir, err)
		}
		next.document, next.stay = private, true
		return private.Path, nil
	}
	memfd, err := delivery.NewMemfd(suffix, delivery.Places(e.app.env))
	if err != nil {
		return "", deliveryError(err)
	}
	next.document, next.inherit = memfd, memfd.Inherit
	return memfd.Path, nil
}

// warnOfForgotten says that a command gets a workflow as it is, where FILE and {}
// were meant: its references would be used as passwords.
func (e *execution) warnOfForgotten() {
	for _, arg := range e.argv[1:] {
		if suffix := filepath.Ext(arg); suffix != ".yaml" && suffix != ".yml" && suffix != ".json" {
			continue
		}
		info, err := os.Stat(arg)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxFound {
			continue
		}
		if data, err := os.ReadFile(arg); err == nil && bytes.Contains(data, []byte("secret:")) {
			e.app.msg.warn(arg + " is handed over as it is, with its references: nothing was to be resolved")
			e.app.msg.hint("name it before --, and {} in its place: " + cmdHint)
		}
	}
}

// suffixOf is the suffix by which OpenMetadata reads the document as what it is.
func suffixOf(name string, format workflow.Format) string {
	switch suffix := filepath.Ext(name); {
	case format == workflow.JSON:
		return ".json"
	case suffix == ".yml":
		return suffix
	}
	return ".yaml"
}

// document resolves the document that is a variable's value.
func (e *execution) document(ctx context.Context, next *successor) error {
	text, _ := e.app.env(e.variable)
	if text == "" {
		return usagef("it is to hold the document", "--env: variable %s is not set, or empty", e.variable)
	}
	e.app.warmUp()
	j := newJob(e.app, e.opts)
	j.in = input{name: "variable " + e.variable, data: []byte(text), raw: true}
	j.start = time.Now()
	out, err := j.resolve(ctx)
	if err != nil {
		return err
	}
	if err := checkVariable(e.variable, string(out), "give the document as FILE, with {} among the arguments of CMD"); err != nil {
		return &failedError{failures: []failure{{where: j.in.name, err: err}}}
	}
	next.env = setVariable(next.env, e.variable, string(out))
	return nil
}

// variables resolves each variable that is a reference.
func (e *execution) variables(ctx context.Context, next *successor) error {
	l := newLookups(e.app, e.opts)
	var names []string
	for _, one := range next.env {
		if name, value, _ := strings.Cut(one, "="); reference.Is(value) {
			names = append(names, name)
			l.sites = append(l.sites, site{where: "variable " + name, text: value})
		}
	}
	if len(names) == 0 {
		e.app.msg.stepf("no variable is a reference: there is nothing to resolve")
		e.warnOfForgotten()
		return nil
	}
	e.app.warmUp()
	l.references(ctx)
	if err := l.settings(ctx, nil); err != nil {
		return err
	}
	l.checkIDs()
	values, err := l.texts(ctx)
	for i, value := range values {
		if bad := checkVariable(names[i], value, "have CMD read the secret by itself, with om-secret-exec get"); bad != nil {
			l.bad[i] = bad
			err = l.failed()
		}
		next.env = setVariable(next.env, names[i], value)
	}
	return err
}
