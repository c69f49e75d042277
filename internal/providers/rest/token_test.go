package rest

import (
	"encoding/base64"
	"testing"
)

func TestReadClaims(t *testing.T) {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	tests := []struct {
		token, want string
		ok          bool
	}{
		{"h." + part(`{"sub":"me"}`) + ".s", "me", true},
		{"h." + part(`{"sub":"me"}`) + "==.s", "me", true}, // padded, as some issuers do
		{"h." + part(`{}`) + ".s", "", true},
		{"h." + part(`{"sub":1}`) + ".s", "", false},
		{"h." + part(`not JSON`) + ".s", "", false},
		{"h.%%%.s", "", false},
		{part(`{"sub":"me"}`), "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		var got struct {
			Subject string `json:"sub"`
		}
		if ok := ReadClaims(tt.token, &got); ok != tt.ok || ok && got.Subject != tt.want {
			t.Errorf("ReadClaims(%q) = %q, %t, want %q, %t", tt.token, got.Subject, ok, tt.want, tt.ok)
		}
	}
}

func TestFitsHeader(t *testing.T) {
	for token, want := range map[string]bool{"": true, "a.B-1~!": true, "a b": false, "a\n": false, "a\r\nX: y": false, "é": false, "\x7f": false} {
		if got := FitsHeader(token); got != want {
			t.Errorf("FitsHeader(%q) = %t, want %t", token, got, want)
		}
	}
}
