package protocol

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
)

// Response is the document that answers a request. Its members are those of
// docs/protocol/response.v1.schema.json.
type Response struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Status     Status `json:"status"`
	// Items has one element for each reference of the request, in its order. It
	// is empty when the request could not be read.
	Items []Item `json:"items"`
	// Error is what concerns the run as a whole: a request or settings that
	// cannot be read, a signal, a bug. A failure that concerns some of the
	// references is only in their items.
	Error *Error `json:"error,omitempty"`
}

// Status sums up. OK means that every reference was resolved and that there is
// no Error: exactly then the exit code is 0.
type Status struct {
	OK         bool  `json:"ok"`
	Resolved   int   `json:"resolved"`
	Failed     int   `json:"failed"`
	DurationMS int64 `json:"durationMs"`
}

// The states of an [Item].
const (
	itemOK    = "ok"
	itemError = "error"
)

// The encodings of a value: base64 exactly when its bytes are not UTF-8.
const (
	encodingUTF8   = "utf8"
	encodingBase64 = "base64"
)

// Item is the answer for one reference, which Index and Ref repeat. It has
// either Value and Encoding, or Error. As an operand of fmt and slog it shows no
// value.
type Item struct {
	Index    int     `json:"index"`
	Ref      string  `json:"ref"`
	Status   string  `json:"status"`
	Value    *string `json:"value,omitempty"`
	Encoding string  `json:"encoding,omitempty"`
	// Provider is absent when no store could be chosen.
	Provider string `json:"provider,omitempty"`
	// Source is absent when nothing was read: a failure, or the default.
	Source *Source `json:"source,omitempty"`
	Error  *Error  `json:"error,omitempty"`
}

// Source is the secret that was read, as its store calls it.
type Source struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Error is a failure. The message names the store and the place in it.
type Error struct {
	Code       providers.Code `json:"code"`
	Message    string         `json:"message"`
	Hint       string         `json:"hint,omitempty"`
	Retryable  bool           `json:"retryable"`
	Identity   string         `json:"identity,omitempty"`
	RequestID  string         `json:"requestId,omitempty"`
	HTTPStatus int            `json:"httpStatus,omitempty"`
}

// Answer is what became of one reference: a value, or Err. It shows no value to
// fmt and slog.
type Answer struct {
	Value    []byte
	Provider string  // the provider's name; empty if none could be chosen
	Source   *Source // nil if the value is the default
	Err      *providers.Error
}

// NewResponse answers a request. It may be nil, when it could not be read;
// otherwise there is an answer for each of its references, or none at all when
// whole failed the run before. whole is nil unless the run as a whole failed.
func NewResponse(req *Request, answers []Answer, whole *providers.Error, took time.Duration) *Response {
	r := &Response{
		APIVersion: Version, Kind: responseKind, Items: []Item{},
		Status: Status{OK: whole == nil, DurationMS: took.Milliseconds()},
		Error:  newError(whole),
	}
	if req == nil {
		return r
	}
	for i, ref := range req.Refs {
		answer := Answer{Err: whole}
		switch {
		case i < len(answers):
			answer = answers[i]
		case whole == nil: // without this, a slip would become an empty value
			answer.Err = &providers.Error{Code: providers.Internal, Message: "the reference has no answer"}
		}
		item := newItem(i, ref.Text, answer)
		if item.Error == nil {
			r.Status.Resolved++
		} else {
			r.Status.Failed++
			r.Status.OK = false
		}
		r.Items = append(r.Items, item)
	}
	return r
}

func newItem(index int, ref string, a Answer) Item {
	item := Item{Index: index, Ref: ref, Status: itemOK, Provider: a.Provider, Source: a.Source}
	if a.Err != nil {
		item.Status, item.Source, item.Error = itemError, nil, newError(a.Err)
		return item
	}
	text := string(a.Value)
	item.Encoding = encodingUTF8
	if !utf8.Valid(a.Value) {
		text, item.Encoding = base64.StdEncoding.EncodeToString(a.Value), encodingBase64
	}
	item.Value = &text
	return item
}

func newError(e *providers.Error) *Error {
	if e == nil {
		return nil
	}
	message := e.Message
	if e.Place != "" {
		message += " (" + e.Place + ")"
	}
	return &Error{
		Code: e.Code, Message: message, Hint: e.Hint, Retryable: e.Retryable || e.Refused,
		Identity: e.Identity, RequestID: e.RequestID, HTTPStatus: e.Status,
	}
}

// Encode writes the response as one line, in one call of Write.
func (r *Response) Encode(w io.Writer) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

const redacted = "[redacted]"

// Format implements [fmt.Formatter], so that no verb prints the value.
func (Item) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue implements [slog.LogValuer] without the value.
func (Item) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (Answer) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue implements [slog.LogValuer] without the value.
func (Answer) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], and with it JSON, without
// the value.
func (Answer) MarshalText() ([]byte, error) { return []byte(redacted), nil }
