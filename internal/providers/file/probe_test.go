package file

import (
	"testing"

	"om-secret-exec/internal/providers"
)

func TestProbe(t *testing.T) {
	_, token := encrypted(t, sentinel)
	st := openText(t, "a: "+sentinel+"\nfields: {f: x}\nnumber: 12345\nlocked: "+token+"\n", nil)
	tests := []struct {
		id, version string
		code        providers.Code // "" means that it is there
		want        string
	}{
		{id: "a"},
		{id: "fields"},
		{id: "locked"}, // no key is set: nothing is decrypted
		{id: "feilds", code: providers.NotFound, want: `did you mean "fields"?`},
		{id: "a", version: "3", code: providers.VersionNotFound, want: `version "3"`},
		{id: "number", code: providers.BadValue, want: "line 3: the value is a number"},
	}
	for _, tt := range tests {
		t.Run(tt.id+tt.version, func(t *testing.T) {
			err := st.(providers.Prober).Probe(t.Context(), providers.Ref{ID: tt.id, Version: tt.version})
			if tt.code == "" {
				if err != nil {
					t.Errorf("Probe = %v, want nil", err)
				}
				return
			}
			checkError(t, err, tt.code, tt.want)
		})
	}
}
