package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

// sts answers GetCallerIdentity with a clock of its own; any other request is
// answered with 404, as the store's address would.
func stsServer(t *testing.T, at time.Time) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
			`<Arn>arn:aws:iam::111122223333:user/reader</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestExamine(t *testing.T) {
	right, wrong := stsServer(t, time.Now()), stsServer(t, time.Now().Add(-time.Hour))
	tests := []struct {
		name, url string
		want      []string // status, name and a part of the text of each fact
	}{
		{"all is well", right.URL, []string{
			"ok credentials AKIATEST", "ok identity user/reader", "ok clock differs", "ok endpoint answers", "unknown permission without reading",
		}},
		{"wrong clock", wrong.URL, []string{
			"ok credentials AKIATEST", "ok identity user/reader", "fail clock 1h0m", "ok endpoint answers", "unknown permission without reading",
		}},
		{"nobody listens", "http://127.0.0.1:1", []string{
			"ok credentials AKIATEST", "fail identity refused", "fail endpoint refused", "unknown permission without reading",
		}},
	}
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		for _, tt := range tests {
			t.Run(kind.Names[0]+"/"+tt.name, func(t *testing.T) {
				cleanEnv(t)
				t.Setenv("AWS_MAX_ATTEMPTS", "1")
				facts := openStore(t, kind, withKey(tt.url)).(providers.Examiner).Examine(t.Context())
				if len(facts) != len(tt.want) {
					t.Fatalf("Examine gives %+v, want %q", facts, tt.want)
				}
				for i, f := range facts {
					word := strings.SplitN(tt.want[i], " ", 3)
					if string(f.Status) != word[0] || f.Name != word[1] || !strings.Contains(f.Text, word[2]) {
						t.Errorf("fact %d is %+v, want %q", i, f, tt.want[i])
					}
					if strings.Contains(f.Text+f.Hint, sentinel) || f.Status == providers.Fail && f.Hint == "" {
						t.Errorf("fact %+v holds a value, or no hint", f)
					}
				}
			})
		}
	}
}
