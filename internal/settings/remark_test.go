package settings_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/settings"
)

// TestRemarks: everything that is wrong is there once, with its kind; what is
// wrong with the workflow's own keys is not.
func TestRemarks(t *testing.T) {
	t.Parallel()
	kind := providers.Kind{Names: []string{"k"}, Title: "K", Keys: []providers.Key{
		{Name: "place", Vars: []string{"PLACE"}, Required: true},
		{Name: "id", Vars: []string{"ID"}, Role: providers.Credential, Needs: []string{"word"}},
		{Name: "word", Vars: []string{"WORD"}, Role: providers.Credential, Secret: true},
		{Name: "limit", Vars: []string{"LIMIT"}, Type: providers.Int},
		{Name: "on", Vars: []string{"ON"}, Type: providers.Bool},
	}}
	document := func(provider, loader string) *settings.Document {
		return &settings.Document{
			Provider: &settings.DocSetting{Value: provider, Where: "w.yaml:1:1"}, Loader: &settings.DocSetting{Value: loader, Where: "w.yaml:2:1"},
		}
	}
	for _, tt := range []struct {
		name     string
		flags    map[string]string
		document *settings.Document
		env      map[string]string
		want     []settings.RemarkKind
	}{
		{"good", nil, document("k", "env"), map[string]string{"PLACE": "x"}, nil},
		{"missing", nil, document("k", "env"), nil, []settings.RemarkKind{settings.Missing}},
		{
			"many", nil, document("k", "env"),
			map[string]string{"PLACE": " x", "ID": "'x'", "LIMIT": "x", "ON": "yes"},
			[]settings.RemarkKind{settings.Blanks, settings.Quotes, settings.CountsAsFalse, settings.HalfCredential, settings.Unusable},
		},
		{"the workflow's provider", nil, document("nope", "env"), nil, nil},
		{"the workflow's loader", nil, document("k", "nope"), nil, nil},
		{"an empty loader", nil, document("k", ""), map[string]string{"PLACE": "x"}, []settings.RemarkKind{settings.Workflow}},
		{"a flag's provider", map[string]string{"provider": "nope"}, document("k", "env"), nil, []settings.RemarkKind{settings.Unusable}},
		{"an option", map[string]string{"timeout": "soon"}, document("k", "env"), nil, []settings.RemarkKind{settings.Unusable}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eff, err := settings.Resolve(settings.Inputs{
				Flags: tt.flags, Document: tt.document, Kinds: []providers.Kind{kind},
				Env:     func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok },
				LoadEnv: func([]string) (map[string]string, error) { return tt.env, nil },
			})
			var got []settings.RemarkKind
			for _, r := range eff.Remarks {
				got = append(got, r.Kind)
				if r.Text == "" {
					t.Errorf("a remark says nothing: %+v", r)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("remarks (-want +got):\n%s\n%v\n%s", diff, err, fmt.Sprint(eff.Remarks))
			}
		})
	}
}
