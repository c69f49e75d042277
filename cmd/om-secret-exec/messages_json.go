package main

import (
	"encoding/json"

	"om-secret-exec/internal/providers"
)

// jsonMessage is a message as --messages=json prints it, for programs that run
// us: the fields below message are those of a failure.
type jsonMessage struct {
	Kind      string         `json:"kind"` // error, warning, note, hint, step or done
	Message   string         `json:"message"`
	Code      providers.Code `json:"code,omitempty"`
	Where     string         `json:"where,omitempty"`
	Path      string         `json:"path,omitempty"`
	Reference string         `json:"reference,omitempty"`
	Store     string         `json:"store,omitempty"`
	Identity  string         `json:"identity,omitempty"`
	RequestID string         `json:"requestId,omitempty"`
	Status    int            `json:"httpStatus,omitempty"`
	Retryable bool           `json:"retryable,omitempty"`
	Hint      string         `json:"hint,omitempty"`
	Bytes     int            `json:"bytes,omitempty"`
}

func failureObject(f failure) jsonMessage {
	e := f.err
	return jsonMessage{
		Kind: "error", Message: e.Message, Code: e.Code, Where: f.where, Path: f.path, Reference: f.ref,
		Store: storeText(f), Identity: e.Identity, RequestID: e.RequestID, Status: e.Status,
		Retryable: e.Retryable, Hint: e.Hint,
	}
}

// done says that a document of so many bytes was written to standard output. A
// program that ran us knows then that it was us, and that it has all of it,
// whatever exit status it is told.
func (m *messages) done(bytes int) {
	if m.json && !m.quiet {
		m.object(jsonMessage{Kind: "done", Message: "the document was written", Bytes: bytes})
	}
}

func (m *messages) object(msg jsonMessage) {
	line, err := json.Marshal(msg)
	if err != nil {
		return // strings and numbers: it cannot happen
	}
	_, _ = m.w.Write(append(line, '\n')) // nowhere is left to say that it failed
}
