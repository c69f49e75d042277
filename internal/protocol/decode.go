package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
)

// Read takes in a request from r, no more of it than is needed to tell that it
// is too large. The error is of code DOCUMENT.
func Read(r io.Reader) ([]byte, *providers.Error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, unreadable(readError(err))
	}
	return data, nil
}

// Decode takes a request apart. It accepts what docs/protocol/request.v1.schema.json
// accepts, and refuses in addition what a schema does not see: names that an
// object has twice, text that is not Unicode, and more than [MaxBytes]. Members
// that it does not know are ignored.
//
// An error is about the request as a whole, of code DOCUMENT or TOO_LARGE; it
// names places by path and quotes nothing of the request. Whether a reference is
// one is not looked at here, see [Ref.Reference]: one that is wrong does not
// keep the others from being answered.
func Decode(data []byte) (*Request, *providers.Error) {
	if len(data) > MaxBytes {
		return nil, tooLarge(fmt.Sprintf("the request has more than %d MiB", MaxBytes>>20))
	}
	root, problem := document(data)
	if problem != "" {
		return nil, unreadable(problem)
	}
	d := &decoder{}
	req := d.request(root)
	if d.refused != nil {
		return nil, d.refused
	}
	if len(d.problems) > 0 {
		return nil, unreadable(strings.Join(d.problems, "; "))
	}
	return req, nil
}

func readError(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return "reading: " + err.Error()
}

// document finds the one JSON value in data.
func document(data []byte) (json.RawMessage, string) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, "it is empty"
	}
	if !utf8.Valid(data) {
		return nil, "it is not UTF-8"
	}
	var root json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&root)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax): // its text would quote a character
		return nil, fmt.Sprintf("it is not JSON (byte %d)", syntax.Offset)
	case err != nil:
		return nil, "it is not JSON: it ends too early"
	case len(bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")) > 0:
		return nil, "something follows the JSON document"
	case halfPair(root):
		return nil, "a text in it has one half of a surrogate pair" // it would be replaced silently
	}
	return root, ""
}

// request reads the members of the whole document.
func (d *decoder) request(root json.RawMessage) *Request {
	top, ok := d.object("the request", root)
	if !ok {
		return nil
	}
	version, ok := d.text("apiVersion", top["apiVersion"])
	if ok && version != Version {
		// Another version may mean anything by the rest.
		d.refused = &providers.Error{
			Code: providers.Document, Message: "the request has an unknown apiVersion; supported: " + Version,
			Hint: "ask with apiVersion " + Version + ", or install a version of om-secret-exec that knows the other",
		}
		return nil
	}
	if kind, ok := d.text("kind", top["kind"]); ok && kind != requestKind {
		d.problem("kind", "want "+requestKind)
	}
	spec, ok := d.object("spec", top["spec"])
	if !ok {
		return nil
	}
	return &Request{Refs: d.refs(spec["refs"]), Deadline: d.deadline("spec.deadlineMs", spec["deadlineMs"])}
}

func (d *decoder) refs(raw json.RawMessage) []Ref {
	list, ok := d.array("spec.refs", raw)
	if !ok {
		return nil
	}
	if len(list) > MaxRefs {
		d.refused = tooLarge(fmt.Sprintf("the request has %d references; the limit is %d", len(list), MaxRefs))
		return nil
	}
	refs := make([]Ref, len(list))
	for i, raw := range list {
		path := fmt.Sprintf("spec.refs[%d]", i)
		members, ok := d.object(path, raw)
		if !ok {
			continue
		}
		refs[i].Text, _ = d.text(path+".ref", members["ref"])
		refs[i].Version = d.optional(path+".version", members["version"])
		refs[i].Field = d.optional(path+".field", members["field"])
		refs[i].Default = d.optional(path+".default", members["default"])
	}
	return refs
}

// deadline reads a number of milliseconds. JSON knows no integers: 1e3 is one.
func (d *decoder) deadline(path string, raw json.RawMessage) time.Duration {
	if raw == nil {
		return 0
	}
	const want = "want a whole number of milliseconds from 1 to 2147483647"
	if kindOf(raw) != aNumber {
		d.problem(path, want+", not "+kindOf(raw))
		return 0
	}
	// The float bounds what the exact reading has to cope with.
	near, err := json.Number(raw).Float64()
	if err != nil || near < 1 || near > maxDeadlineMS || len(raw) > 100 {
		d.problem(path, want)
		return 0
	}
	exact, ok := new(big.Rat).SetString(string(raw))
	if !ok || !exact.IsInt() {
		d.problem(path, want)
		return 0
	}
	return time.Duration(exact.Num().Int64()) * time.Millisecond
}

func unreadable(problem string) *providers.Error {
	return &providers.Error{
		Code: providers.Document, Message: "the request cannot be read: " + problem,
		Hint: "a request is described in docs/protocol, and by its JSON Schema there",
	}
}

func tooLarge(message string) *providers.Error {
	return &providers.Error{Code: providers.TooLarge, Message: message, Hint: "ask in several requests"}
}
