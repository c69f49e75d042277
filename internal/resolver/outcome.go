package resolver

import (
	"fmt"
	"log/slog"

	"om-secret-exec/internal/providers"
)

const redacted = "[redacted]"

// Format implements [fmt.Formatter], so that no verb prints the value.
func (Outcome) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON, without
// the value.
func (Outcome) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer] without the value.
func (Outcome) LogValue() slog.Value { return slog.StringValue(redacted) }

// choose gives the outcome of w from what was read for its reference.
func choose(w Want, res providers.Result) Outcome {
	out := Outcome{Source: res.Secret.Source, Err: res.Err}
	if out.Err == nil {
		out.Value, out.Err = value(w, res.Secret)
		out.Err = res.Secret.Source.Locate(out.Err)
	}
	if out.Err == nil {
		return out
	}
	missing := out.Err.Code == providers.NotFound || out.Err.Code == providers.FieldNotFound
	if missing && w.Default != nil {
		return Outcome{Value: []byte(*w.Default), Defaulted: true, Source: out.Source}
	}
	out.Value = nil
	return out
}

// value gives the whole secret, or the field that w asks for.
func value(w Want, s providers.Secret) ([]byte, *providers.Error) {
	switch {
	case s.Value == nil && s.Fields == nil:
		// Without this, a slip in a store would become an empty password.
		return nil, &providers.Error{
			Code:    providers.Internal,
			Message: fmt.Sprintf("the store gave neither a value nor an error for %q", w.Ref.ID),
		}
	case w.HasField:
		return selectField(s, w.Field)
	case s.Value == nil:
		return nil, errField(fmt.Sprintf("the secret %q has fields and no default one", w.Ref.ID),
			"add #FIELD to the reference; "+listFields(s.Fields))
	}
	return s.Value, nil
}
