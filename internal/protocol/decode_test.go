package protocol_test

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

// TestVerdicts shows our decoder and the published schema every document, and
// expects the same answer of both.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, tt := range documents {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, err := protocol.Decode([]byte(tt.doc))
			invalid := validate(t, requestSchema, []byte(tt.doc))
			if tt.fault == "" {
				if err != nil || req == nil || invalid != nil {
					t.Errorf("Decode(%s) = %v, %v; the schema says %v", tt.doc, req, err, invalid)
				}
				return
			}
			if err == nil || req != nil {
				t.Fatalf("Decode(%s) accepts it, want %q", tt.doc, tt.fault)
			}
			want := providers.Document
			if tt.code != "" {
				want = tt.code
			}
			if err.Code != want || !strings.Contains(err.Message, tt.fault) || err.Hint == "" {
				t.Errorf("Decode(%s) = %v (hint %q), want %s and %q", tt.doc, err, err.Hint, want, tt.fault)
			}
			if strings.Contains(err.Error()+err.Hint, "S3NTINEL") || strings.Contains(err.Error(), "4711") {
				t.Errorf("Decode(%s) quotes the request: %v", tt.doc, err)
			}
			if (invalid == nil) != tt.unseen {
				t.Errorf("the schema says %v of %s; unseen is %t", invalid, tt.doc, tt.unseen)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	got, err := protocol.Decode([]byte(spec(`"deadlineMs": 1.5e3, "refs": [
		{"ref": "secret:/a?store=x#f", "version": "v", "field": "f", "default": ""}, {"ref": "\u00e9\ud83d\ude00"}, {"ref": ""}]`)))
	want := &protocol.Request{
		Deadline: 1500 * time.Millisecond,
		Refs: []protocol.Ref{
			{Text: "secret:/a?store=x#f", Version: text("v"), Field: text("f"), Default: text("")},
			{Text: "é😀"},
			{},
		},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Decode: %v\n%s", err, diff)
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	_, err := protocol.Read(iotest.ErrReader(&fs.PathError{Op: "read", Path: "/dev/stdin", Err: errors.New("input/output error")}))
	if err == nil || err.Code != providers.Document || !strings.HasSuffix(err.Message, "cannot be read: reading: input/output error") {
		t.Errorf("Read = %v", err)
	}
}

// An endless stream is not read to its end.
func TestReadEndless(t *testing.T) {
	t.Parallel()
	data, err := protocol.Read(endless{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.Decode(data); err == nil || err.Code != providers.TooLarge {
		t.Errorf("Decode = %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("a"), len(p))), nil }

// FuzzDecode holds the decoder and the schema together: what we accept is
// valid, and what we refuse is not, unless the fault is one that it cannot see.
func FuzzDecode(f *testing.F) {
	for _, d := range documents {
		if len(d.doc) < 1<<10 {
			f.Add([]byte(d.doc))
		}
	}
	unseen := []string{"a name is there twice", "not UTF-8", "surrogate pair", "more than 1 MiB"}
	f.Fuzz(func(t *testing.T, doc []byte) {
		req, err := protocol.Decode(doc)
		invalid := validate(t, requestSchema, doc)
		switch {
		case err == nil && invalid != nil:
			t.Errorf("we accept %q, the schema says %v", doc, invalid)
		case err == nil:
			response(t, protocol.NewResponse(req, nil, &providers.Error{Code: providers.Cancelled, Message: "stopped"}, 0))
		case invalid == nil && !containsAny(err.Message, unseen):
			t.Errorf("the schema accepts %q, we say %v", doc, err)
		}
	})
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
