package azurekv

import (
	"net/http"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// What the token service says against an application, each by the service
// itself.
func TestRefusedLogin(t *testing.T) {
	const otherTenant = "99999999-9999-9999-9999-999999999999"
	tests := []struct {
		name     string
		settings []string
		edit     func(*fixture)
		want     providers.Code
		says     []string
	}{
		{"wrong secret", []string{keySecret, "S3NTINEL-other"}, nil, providers.Unauthenticated, []string{keySecret}},
		{"expired secret", nil, func(f *fixture) { f.app.Expired = true }, providers.Unauthenticated, []string{"expired", "az ad app credential reset"}},
		{"wrong client", []string{keyClient, otherTenant}, nil, providers.Unauthenticated, []string{keyClient, "no application " + otherTenant}},
		{"wrong tenant", []string{keyTenant, otherTenant}, nil, providers.Unauthenticated, []string{"vault is in tenant " + azuretest.Tenant, otherTenant, keyTenant}},
		{"no tenant", []string{keyTenant, "fabrikam.example"}, nil, providers.Unauthenticated, []string{"no tenant fabrikam.example"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			if tt.edit != nil {
				tt.edit(f)
			}
			err := readOne(t, f.open(t, asApp(tt.settings...)), "db-password").Err
			wantError(t, err, tt.want, tt.says...)
			if err.Retryable {
				t.Errorf("Read() = %+v, want no retry", *err)
			}
		})
	}
}

// What the token service answers beyond that.
func TestTokenFaults(t *testing.T) {
	code := func(number string) http.HandlerFunc {
		return reply(400, `{"error":"x","error_codes":[`+number+`],"error_description":"S3NTINEL"}`)
	}
	tests := []struct {
		name  string
		h     http.HandlerFunc
		want  providers.Code
		says  string
		retry bool
	}{
		{"disabled application", code("7000112"), providers.Unauthenticated, "disabled", false},
		{"conditional access", code("53003"), providers.Policy, "conditional access", false},
		{"other cloud", code("500011"), providers.Unauthenticated, keyAuthority, false},
		{"clock", code("700024"), providers.Unauthenticated, "clock", false},
		{"a number we do not know", code("123456"), providers.Unauthenticated, "AADSTS123456", false},
		{"no number", reply(400, "S3NTINEL"), providers.Unauthenticated, "status 400", false},
		{"HTML", reply(200, "<html>S3NTINEL"), providers.Unavailable, keyAuthority, false},
		{"no token", reply(200, `{"token_type":"S3NTINEL"}`), providers.Unavailable, keyAuthority, false},
		{"429", reply(429, "", "Retry-After", "0"), providers.Throttled, "token", true},
		{"503", reply(503, "S3NTINEL"), providers.Unavailable, "token", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				tt.h(w, r)
				return true
			}
			err := readOne(t, f.open(t, asApp()), "db-password").Err
			wantError(t, err, tt.want, tt.says, "Microsoft Entra ID", clientID)
			if err.Retryable != tt.retry {
				t.Errorf("Read() = %+v, want retryable %t", *err, tt.retry)
			}
		})
	}
}
