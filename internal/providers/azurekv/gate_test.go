package azurekv

import (
	"net/http"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// While the token service is down, who comes after a failed login has its failure
// for a moment, and logs in later.
func TestLoginIsDown(t *testing.T) {
	f := newFixture(t)
	down := true
	f.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if down && r.Method == http.MethodPost {
			// A status that the SDK does not repeat the request for.
			azuretest.Refuse(w, http.StatusNotImplemented, "x", "")
		}
		return down && r.Method == http.MethodPost
	}
	st := f.open(t, asApp())
	now := time.Now()
	st.gate.Now = func() time.Time { return now }
	for range 3 {
		for _, err := range readAll(t, st, 20) {
			wantError(t, err, providers.Unavailable, "getting a token", "Microsoft Entra ID")
		}
	}
	const login = "authority /" + azuretest.Tenant + "/oauth2/v2.0/token"
	if n := f.count(login); n != 1 {
		t.Errorf("logins = %d, want 1", n)
	}
	down, now = false, now.Add(time.Second)
	wantPassword(t, readOne(t, st, "db-password"))
}
