package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

// response encodes r, holds it to the published schema, and to that schema with
// nothing else allowed.
func response(t *testing.T, r *protocol.Response) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Encode(&b); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, responseSchema, b.Bytes()); err != nil {
		t.Errorf("%s\n%v", b.String(), err)
	}
	if err := validate(t, strictSchema, b.Bytes()); err != nil {
		t.Errorf("the schema does not describe all of %s\n%v", b.String(), err)
	}
	if strings.Count(b.String(), "\n") != 1 || !strings.HasSuffix(b.String(), "}\n") {
		t.Errorf("not one line: %q", b.String())
	}
	return b.String()
}

const head = `{"apiVersion":"om-secret-exec/v1","kind":"SecretResponse",`

func TestResponse(t *testing.T) {
	t.Parallel()
	denied := &providers.Error{
		Code: providers.PermissionDenied, Message: "may not", Place: "the store", Hint: "allow it",
		Identity: "me", RequestID: "r1", Status: 403,
	}
	whole := &providers.Error{Code: providers.Cancelled, Message: "stopped", Retryable: true}
	two := &protocol.Request{Refs: []protocol.Ref{{Text: "a"}, {Text: "secret:b"}}}
	source := &protocol.Source{Name: "n", Version: "7"}
	tests := []struct {
		name    string
		req     *protocol.Request
		answers []protocol.Answer
		whole   *providers.Error
		want    string
	}{
		{
			name: "all", req: two,
			answers: []protocol.Answer{{Value: []byte("<&>\x00é\u2028\n"), Provider: "file", Source: source}, {Value: []byte("\xff\x00"), Provider: "file"}},
			want: `"status":{"ok":true,"resolved":2,"failed":0,"durationMs":1500},"items":[` +
				`{"index":0,"ref":"a","status":"ok","value":"<&>\u0000é\u2028\n","encoding":"utf8","provider":"file","source":{"name":"n","version":"7"}},` +
				`{"index":1,"ref":"secret:b","status":"ok","value":"/wA=","encoding":"base64","provider":"file"}]}`,
		},
		{
			name: "a part", req: two,
			answers: []protocol.Answer{{Err: denied, Provider: "aws", Source: source}, {Value: nil, Provider: "aws"}},
			want: `"status":{"ok":false,"resolved":1,"failed":1,"durationMs":1500},"items":[` +
				`{"index":0,"ref":"a","status":"error","provider":"aws","error":{"code":"PERMISSION_DENIED","message":"may not (the store)","hint":"allow it","retryable":false,"identity":"me","requestId":"r1","httpStatus":403}},` +
				`{"index":1,"ref":"secret:b","status":"ok","value":"","encoding":"utf8","provider":"aws"}]}`,
		},
		{
			name: "none of them was asked", req: two, whole: whole,
			want: `"status":{"ok":false,"resolved":0,"failed":2,"durationMs":1500},"items":[` +
				`{"index":0,"ref":"a","status":"error","error":{"code":"CANCELLED","message":"stopped","retryable":true}},` +
				`{"index":1,"ref":"secret:b","status":"error","error":{"code":"CANCELLED","message":"stopped","retryable":true}}],` +
				`"error":{"code":"CANCELLED","message":"stopped","retryable":true}}`,
		},
		{
			name: "unreadable", whole: whole,
			want: `"status":{"ok":false,"resolved":0,"failed":0,"durationMs":1500},"items":[],"error":{"code":"CANCELLED","message":"stopped","retryable":true}}`,
		},
		{
			name: "nothing asked", req: &protocol.Request{},
			want: `"status":{"ok":true,"resolved":0,"failed":0,"durationMs":1500},"items":[]}`,
		},
		{
			name: "an answer is missing", req: &protocol.Request{Refs: two.Refs[:1]},
			want: `"status":{"ok":false,"resolved":0,"failed":1,"durationMs":1500},"items":[` +
				`{"index":0,"ref":"a","status":"error","error":{"code":"INTERNAL","message":"the reference has no answer","retryable":false}}]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := response(t, protocol.NewResponse(tt.req, tt.answers, tt.whole, 1500*time.Millisecond))
			if want := head + tt.want + "\n"; got != want {
				t.Errorf("it is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// invalidResponses are what the schema must refuse, or it would promise nothing.
var invalidResponses = []string{
	`"status":{"ok":true,"resolved":0,"failed":0}, "items":[]`,
	`"status":{"ok":true,"resolved":0,"failed":0,"durationMs":0}`,
	`"status":{"ok":true,"resolved":0,"failed":0,"durationMs":0},"items":[],"error":{"code":"CONFIG","message":"m","retryable":false}`,
	`"status":{"ok":false,"resolved":0,"failed":0,"durationMs":0},"items":[],"error":{"code":"OTHER","message":"m","retryable":false}`,
	`"status":{"ok":false,"resolved":0,"failed":0,"durationMs":0},"items":[],"error":{"code":"CONFIG","message":"m"}`,
	`"status":{"ok":true,"resolved":1,"failed":0,"durationMs":0},"items":[{"index":0,"ref":"a","status":"ok"}]`,
	`"status":{"ok":true,"resolved":1,"failed":0,"durationMs":0},"items":[{"index":0,"ref":"a","status":"ok","value":"v","encoding":"latin1","provider":"aws"}]`,
	`"status":{"ok":true,"resolved":1,"failed":0,"durationMs":0},"items":[{"index":0,"ref":"a","status":"ok","value":"v","encoding":"utf8","provider":"aws","error":{"code":"CONFIG","message":"m","retryable":false}}]`,
	`"status":{"ok":false,"resolved":0,"failed":1,"durationMs":0},"items":[{"index":0,"ref":"a","status":"error"}]`,
	`"status":{"ok":false,"resolved":0,"failed":1,"durationMs":0},"items":[{"index":0,"ref":"a","status":"error","value":"v","encoding":"utf8","error":{"code":"CONFIG","message":"m","retryable":false}}]`,
}

func TestSchemaRefusesResponses(t *testing.T) {
	t.Parallel()
	for _, doc := range invalidResponses {
		if validate(t, responseSchema, []byte(head+doc+"}")) == nil {
			t.Errorf("the schema accepts %s", doc)
		}
	}
}

// TestSchemaCodes holds the list of codes to the program's.
func TestSchemaCodes(t *testing.T) {
	t.Parallel()
	for _, code := range providers.Codes() {
		response(t, protocol.NewResponse(nil, nil, &providers.Error{Code: code, Message: "m"}, 0))
	}
	s, err := responseSchema()
	if err != nil {
		t.Fatal(err)
	}
	var listed []providers.Code
	for _, value := range s.Properties["error"].Ref.Properties["code"].Enum.Values {
		listed = append(listed, providers.Code(fmt.Sprint(value)))
	}
	if !slices.Equal(listed, providers.Codes()) {
		t.Errorf("the schema lists %v, want %v", listed, providers.Codes())
	}
}

// TestNothingPrintsValues shows an answer and a response to what prints.
func TestNothingPrintsValues(t *testing.T) {
	t.Parallel()
	answer := protocol.Answer{Value: []byte("S3NTINEL"), Provider: "file"}
	r := protocol.NewResponse(&protocol.Request{Refs: []protocol.Ref{{Text: "a"}}}, []protocol.Answer{answer}, nil, 0)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "answer", answer, "item", r.Items[0])
	said := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		said += fmt.Sprintf(verb+verb+verb+verb, answer, r.Items[0], r, *r)
	}
	if strings.Contains(said, "S3NTINEL") || strings.Contains(said, "53334e") {
		t.Errorf("it prints %s", said)
	}
	if data, err := json.Marshal(answer); err != nil || bytes.Contains(data, []byte("UzNOVElORUw")) {
		t.Errorf("an answer marshals as %s (%v)", data, err)
	}
}

func TestEncodeFails(t *testing.T) {
	t.Parallel()
	want := errors.New("no room")
	if err := protocol.NewResponse(nil, nil, nil, 0).Encode(full{want}); !errors.Is(err, want) {
		t.Errorf("Encode = %v", err)
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }
