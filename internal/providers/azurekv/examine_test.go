package azurekv

import (
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func TestExamine(t *testing.T) {
	tests := []struct {
		name string
		edit func(*fixture, *store)
		want []providers.Fact // Name, Status and a part of Text
	}{
		{"all is well", func(*fixture, *store) {}, []providers.Fact{
			{Name: "endpoint", Status: providers.OK, Text: vaultHost},
			{Name: "identity", Status: providers.OK, Text: objectID},
			{Name: "clock", Status: providers.OK},
			{Name: "permission", Status: providers.OK, Text: "may read"},
		}},
		{"few secrets", func(f *fixture, _ *store) { f.app.Only = []string{"db-password"} }, []providers.Fact{
			{Name: "endpoint", Status: providers.OK},
			{Name: "identity", Status: providers.OK, Text: objectID},
			{Name: "clock", Status: providers.OK},
			{Name: "permission", Status: providers.Unknown},
		}},
		{"clock", func(_ *fixture, s *store) {
			s.now = func() time.Time { return time.Now().Add(time.Hour) }
		}, []providers.Fact{
			{Name: "endpoint", Status: providers.OK},
			{Name: "identity", Status: providers.OK},
			{Name: "clock", Status: providers.Warn, Text: "1h0m"},
			{Name: "permission", Status: providers.OK},
		}},
		{"login", func(f *fixture, _ *store) { f.app.Secret = "other" }, []providers.Fact{
			{Name: "endpoint", Status: providers.OK},
			{Name: "identity", Status: providers.Fail, Text: clientID + ", tenant " + azuretest.Tenant + ": the application's secret is wrong"},
			{Name: "clock", Status: providers.OK},
		}},
		{"no vault", func(f *fixture, _ *store) {
			f.base.Proxy, f.base.DialContext = nil, failDial
		}, []providers.Fact{
			{Name: "endpoint", Status: providers.Fail, Text: "no vault"}, {Name: "identity", Status: providers.Unknown},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			st := f.open(t, asApp())
			tt.edit(f, st)
			got := st.Examine(t.Context())
			if len(got) != len(tt.want) {
				t.Fatalf("Examine() = %+v, want %d facts", got, len(tt.want))
			}
			for i, want := range tt.want {
				if got[i].Name != want.Name || got[i].Status != want.Status || !strings.Contains(got[i].Text, want.Text) {
					t.Errorf("Examine()[%d] = %+v, want %+v", i, got[i], want)
				}
				if got[i].Status == providers.Fail && got[i].Hint == "" || strings.Contains(got[i].Text+got[i].Hint, azuretest.Sentinel) {
					t.Errorf("Examine()[%d] = %+v", i, got[i])
				}
			}
			if f.count("vault /secrets/db-password") > 0 || f.count("vault /secrets?") > 0 {
				t.Errorf("a secret was read: %q", f.Requests())
			}
		})
	}
}
