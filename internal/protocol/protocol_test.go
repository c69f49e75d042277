package protocol_test

import (
	"fmt"
	"strings"
	"testing"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
)

func TestReference(t *testing.T) {
	t.Parallel()
	type parts struct{ id, version, field, def, store string }
	some := func(s string) *string { return &s }
	tests := []struct {
		name    string
		in      protocol.Ref
		want    parts
		wantErr string
	}{
		{name: "an id", in: protocol.Ref{Text: "/a"}, want: parts{id: "/a"}},
		{name: "a whole one", in: protocol.Ref{Text: "secret:/a?version=1&store=s&default=d#f"}, want: parts{"/a", "1", "f", "d", "s"}},
		{name: "an ARN", in: protocol.Ref{Text: "arn:aws:secretsmanager:eu-west-1:1:secret:x"}, want: parts{id: "arn:aws:secretsmanager:eu-west-1:1:secret:x"}},
		{name: "parts beside it, verbatim", in: protocol.Ref{Text: "/a", Version: some("1"), Field: some("a#b?c%23"), Default: some("&x=%")}, want: parts{id: "/a", version: "1", field: "a#b?c%23", def: "&x=%"}},
		{name: "the same in both", in: protocol.Ref{Text: "/a?version=1&default=d#f", Version: some("1"), Field: some("f"), Default: some("d")}, want: parts{"/a", "1", "f", "d", ""}},
		{name: "another version", in: protocol.Ref{Text: "/a?version=1", Version: some("S3NTINEL")}, wantErr: "version beside it"},
		{name: "another field", in: protocol.Ref{Text: "/a#f", Field: some("S3NTINEL")}, wantErr: "field beside it"},
		{name: "another default", in: protocol.Ref{Text: "/a?default=", Default: some("S3NTINEL")}, wantErr: "default beside it"},
		{name: "an empty version", in: protocol.Ref{Text: "/a", Version: some("")}, wantErr: "version is empty"},
		{name: "an empty field", in: protocol.Ref{Text: "/a", Field: some("")}, wantErr: "field is empty"},
		{name: "a blank in the version", in: protocol.Ref{Text: "/a", Version: some("a b")}, wantErr: "option version holds a blank"},
		{name: "a line break in the field", in: protocol.Ref{Text: "/a", Field: some("a\nb")}, wantErr: "control character"},
		{name: "no id", in: protocol.Ref{Text: ""}, wantErr: "no id"},
		{name: "a NUL", in: protocol.Ref{Text: "a\x00b"}, wantErr: "control character"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ref, err := tt.in.Reference()
			if tt.wantErr != "" {
				if err == nil || err.Code != providers.InvalidRef || !strings.Contains(err.Message, tt.wantErr) || strings.Contains(fmt.Sprint(err, err.Hint), "S3NTINEL") {
					t.Errorf("Reference(%+v) = %v, want %q", tt.in, err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := parts{id: ref.ID, version: ref.Version, field: ref.Field, store: ref.Store}
			if ref.Default != nil {
				got.def = *ref.Default
			}
			if got != tt.want || ref.HasField != (got.field != "") {
				t.Errorf("Reference(%+v) = %+v, want %+v", tt.in, got, tt.want)
			}
		})
	}
}
