package airflowcfg

import (
	"errors"
	"strings"
	"testing"
)

// TestUndecodable holds which fault of two is reported; the answers are
// CPython's.
func TestUndecodable(t *testing.T) {
	padding := "# " + strings.Repeat("x", chunk) + "\n"
	tests := []struct {
		name, text string
		want       Kind
		line       int
	}{
		{"alone", "[s]\r\nb = \xff", KindEncoding, 2},
		{"in the chunk of a duplicate", "[s]\na=1\na=2\n\xff", KindEncoding, 4},
		{"in the chunk after a duplicate", "[s]\na=1\na=2\n" + padding + "\xff", KindDuplicateOption, 3},
		{"in the chunk after a bare word", "[s]\na\n" + padding + "\xff", KindEncoding, 4},
		{"cut short after a duplicate", "[s]\n[s]\nb\xe2\x82", KindDuplicateSection, 2},
		{"cut short in the line of the duplicate", "[s]\n[s]\xe2\x82", KindEncoding, 2},
		{"cut short after a carriage return", "[s]\r[s]\r\xe2\x82", KindEncoding, 3},
		{"surrogate cut short", "a\nb\xed\xa0", KindNoHeader, 1},
		{"no character at all", "a\nb\xed\xff", KindEncoding, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse("airflow.cfg", []byte(tt.text))
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != tt.want || e.Line != tt.line {
				t.Errorf("parse(%.60q) gives %v, want kind %q in line %d", tt.text, err, tt.want, tt.line)
			}
		})
	}
}
