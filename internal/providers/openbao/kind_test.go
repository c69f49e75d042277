package openbao_test

import (
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/openbao"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"team/prod/password", "/team/prod", "//team", "a b#c?d", "a..b", "é"} {
		if err := openbao.Kind().CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v, want nil", id, err)
		}
	}
	for _, id := range []string{"", "/", "a//b", "a/", "../sys/policy", "a/./b", "/..", "a\x00b", "a\nb", "a\u00a0b", "a\xffb"} {
		err := asError(t, openbao.Kind().CheckID(id))
		if err == nil || err.Code != providers.InvalidRef || err.Hint == "" {
			t.Errorf("CheckID(%q) = %v, want code %s and a hint", id, err, providers.InvalidRef)
		}
	}
}
