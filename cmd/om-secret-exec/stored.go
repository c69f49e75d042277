package main

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/resolver"
)

// ask adds a reference that was not found in a document but asked for.
func (l *lookups) ask(where string, asked protocol.Ref) {
	ref, err := parseAsked(asked)
	if err != nil {
		l.bad[len(l.sites)] = err
		ref = reference.Reference{} // nothing to look up
	}
	ref.Store = strings.ToLower(ref.Store) // as in documents
	l.sites = append(l.sites, site{where: where, text: asked.Text})
	l.refs = append(l.refs, ref)
}

// parseAsked refuses Fernet text: an argument is visible to every process, and
// as an id it would be sent to a store.
func parseAsked(asked protocol.Ref) (reference.Reference, *providers.Error) {
	if fernet.Is(asked.Text) {
		return reference.Reference{}, &providers.Error{
			Code: providers.InvalidRef, Message: "an encrypted value is no reference",
			Hint: "put it into a workflow and resolve that",
		}
	}
	return asked.Reference()
}

// stored looks up without a document: the values that it gives are the bytes
// that the stores have. What failed is in l.bad.
func (l *lookups) stored(ctx context.Context) map[int]resolver.Outcome {
	l.checkIDs()
	found := l.lookUp(ctx)
	for _, i := range slices.Sorted(maps.Keys(found)) {
		out := found[i]
		if l.opts.trimNewline && !out.Defaulted {
			out.Value = bytes.TrimRight(out.Value, "\r\n")
		}
		err := out.Err
		if err == nil && !out.Defaulted { // who writes default= means it
			err = out.Source.Locate(checkStored(out.Value))
		}
		if err != nil {
			l.bad[i] = err
			delete(found, i)
			continue
		}
		if out.Source.Note != "" {
			l.app.msg.warn(l.sites[i].say(out.Source.Note))
		}
		found[i] = out
	}
	return found
}

// checkStored refuses what nobody means to be a secret. Who takes the output for
// a password would go on with none.
func checkStored(value []byte) *providers.Error {
	const hint = "give the secret a value in its store"
	switch string(value) {
	case "":
		return &providers.Error{Code: providers.BadValue, Message: "the value is empty", Hint: hint}
	case "null":
		return &providers.Error{
			Code: providers.BadValue, Message: "the value is the text null, which OpenMetadata's server writes for a cleared field", Hint: hint,
		}
	}
	return nil
}
