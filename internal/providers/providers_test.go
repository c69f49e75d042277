package providers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
)

func TestSecretDoesNotPrint(t *testing.T) {
	t.Parallel()
	s := providers.Secret{Value: []byte("S3NTINEL"), Fields: map[string][]byte{"k": []byte("S3NTINEL")}}
	encoded, err := json.Marshal(map[string]any{"secret": s})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("read", "secret", s)
	texts := []string{string(encoded), log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s), fmt.Sprintf(verb, []providers.Secret{s}))
	}
	for _, text := range texts {
		// In hexadecimal and decimal, too: 53334e54 and 83 51 78 84.
		if strings.Contains(text, "S3NT") || strings.Contains(text, "53334e") || strings.Contains(text, "83 51 78") {
			t.Errorf("a secret prints as %q", text)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   providers.Error
		want string
	}{
		{providers.Error{Code: providers.NotFound}, "NOT_FOUND"},
		{providers.Error{Code: providers.NotFound, Message: "no secret"}, "NOT_FOUND: no secret"},
		{providers.Error{Code: providers.NotFound, Message: "no secret", Place: "here"}, "NOT_FOUND: no secret (here)"},
	}
	for _, tt := range tests {
		if got := tt.in.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
}

func TestCodesAreDistinct(t *testing.T) {
	t.Parallel()
	seen := map[providers.Code]bool{}
	for _, c := range providers.Codes() {
		if seen[c] || c == "" || string(c) != strings.ToUpper(string(c)) {
			t.Errorf("code %q is there twice, or in another form", c)
		}
		seen[c] = true
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := providers.Settings{Values: map[string]providers.Setting{
		"empty": {Source: "somewhere"}, "yes": {Value: "true"}, "no": {Value: "false"},
	}}
	if _, ok := s.Lookup("empty"); !ok || s.Get("empty") != "" {
		t.Error("set but empty is not the same as unset")
	}
	if _, ok := s.Lookup("absent"); ok || s.Get("absent") != "" {
		t.Error("an absent setting is there")
	}
	if !s.Whether("yes") || s.Whether("no") || s.Whether("absent") {
		t.Error("only true is true")
	}
}

// A named store's hint names its own section, never the main store's.
func TestHowToSet(t *testing.T) {
	keys := []providers.Key{{Name: "a_key", Vars: []string{"FIRST", "SECOND"}}}
	tests := []struct{ store, key, want string }{
		{"", "a_key", "set a_key in section [openmetadata_secrets_manager] of airflow.cfg (loader airflow) or variable FIRST (loader env)"},
		{"Prod", "a_key", "set a_key in section [openmetadata_secrets_manager:prod] of airflow.cfg, or as variable OM_SECRET_EXEC_STORE_<NAME>_A_KEY"},
		{"", "other", "set other"},
	}
	for _, tt := range tests {
		if got := (providers.Settings{Store: tt.store}).HowToSet(keys, tt.key); got != tt.want {
			t.Errorf("HowToSet(%q) of store %q = %q, want %q", tt.key, tt.store, got, tt.want)
		}
	}
}
