package azurekv

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func TestRead(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, asApp())
	old, current := strings.Repeat("a", 32), strings.Repeat("b", 32)
	tests := []struct {
		name string
		ref  providers.Ref
		want providers.Secret
	}{
		{"current", providers.Ref{ID: "db-password"}, providers.Secret{
			Value: []byte("S3NTINEL-value"), Source: providers.Source{Name: "db-password", Version: current},
		}},
		{"version", providers.Ref{ID: "db-password", Version: old}, providers.Secret{
			Value: []byte("S3NTINEL-old"), Source: providers.Source{Name: "db-password", Version: old},
		}},
		{"empty", providers.Ref{ID: "empty"}, providers.Secret{
			Value: []byte{}, Source: providers.Source{Name: "empty", Version: strings.Repeat("c", 32)},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := st.Read(t.Context(), []providers.Ref{tt.ref})[0]
			if r.Err != nil {
				t.Fatalf("Read() = %+v", *r.Err)
			}
			if r.Secret.Source.Place == "" || r.Secret.Source.Identity == "" {
				t.Errorf("the source %+v lacks place or identity", r.Secret.Source)
			}
			if diff := cmp.Diff(tt.want, r.Secret, cmpopts.IgnoreFields(providers.Source{}, "Place", "Identity")); diff != "" {
				t.Errorf("Read() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlan(t *testing.T) {
	f := newFixture(t)
	got := f.open(t, asApp()).Plan([]providers.Ref{{ID: "a"}, {ID: "b", Version: "1"}})
	want := [][]providers.Ref{{{ID: "a"}}, {{ID: "b", Version: "1"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Plan() (-want +got):\n%s", diff)
	}
}

func TestAbsent(t *testing.T) {
	f := newFixture(t)
	f.Secrets["gone"] = azuretest.Secret{Deleted: true}
	f.Secrets["off"] = azuretest.Secret{Disabled: true}
	st := f.open(t, asApp())
	tests := []struct {
		ref  providers.Ref
		want providers.Code
		says []string
	}{
		{providers.Ref{ID: "db-pasword"}, providers.NotFound, []string{`"db-pasword"`, "--vault-name kv1", "Status:404", "request-1"}},
		{providers.Ref{ID: "db-password", Version: strings.Repeat("d", 32)}, providers.NotFound, []string{"list-versions"}},
		{providers.Ref{ID: "gone"}, providers.Disabled, []string{"az keyvault secret recover --vault-name kv1 --name gone"}},
		{providers.Ref{ID: "off"}, providers.Disabled, []string{"--enabled true", "Status:403"}},
		{providers.Ref{ID: "db-password", Version: "../db"}, providers.InvalidRef, []string{`"../db"`}},
	}
	for _, tt := range tests {
		t.Run(tt.ref.ID, func(t *testing.T) {
			err := st.Read(t.Context(), []providers.Ref{tt.ref})[0].Err
			wantError(t, err, tt.want, append(tt.says, "vault "+vaultHost)...)
			if tt.want != providers.InvalidRef && !strings.Contains(err.Identity, clientID) {
				t.Errorf("identity = %q, want %q in it", err.Identity, clientID)
			}
		})
	}
}

// Who may read single secrets only may not ask whether one is deleted; that must
// change nothing.
func TestAbsentForFew(t *testing.T) {
	f := newFixture(t)
	f.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/deletedsecrets/") {
			return false
		}
		azuretest.Refuse(w, http.StatusForbidden, "Forbidden", "ForbiddenByRbac")
		return true
	}
	wantError(t, readOne(t, f.open(t, asApp()), "other").Err, providers.NotFound, "Status:404")
}

func TestForbidden(t *testing.T) {
	tests := []struct {
		inner string
		want  providers.Code
		says  string
	}{
		{"ForbiddenByRbac", providers.PermissionDenied, "Key Vault Secrets User"},
		{"ForbiddenByPolicy", providers.PermissionDenied, "az keyvault set-policy --name kv1"},
		{"AccessDenied", providers.PermissionDenied, "access policies"},
		{"ForbiddenByFirewall", providers.Policy, "network-rule"},
		{"ForbiddenByConnection", providers.Policy, "private endpoint"},
		{"S3NTINEL", providers.PermissionDenied, "secrets/get"},
	}
	for _, tt := range tests {
		t.Run(tt.inner, func(t *testing.T) {
			f := newFixture(t)
			f.app.Refuse = tt.inner
			wantError(t, readOne(t, f.open(t, asApp()), "db-password").Err, tt.want, tt.says, "object "+objectID)
		})
	}
}

// A round of parallel reads asks once where to log in, and logs in once.
func TestParallelReadsLogInOnce(t *testing.T) {
	f := newFixture(t)
	for n := range 20 {
		f.Secrets[fmt.Sprintf("s-%d", n)] = azuretest.Secret{Value: fmt.Sprint(n), Version: "1"}
	}
	for id, err := range readAll(t, f.open(t, asApp()), 20) {
		if err != nil {
			t.Errorf("%s: %+v", id, *err)
		}
	}
	if n := len(f.Requests()); n != 24 {
		t.Errorf("requests = %d, want 1 challenge, 3 for a token, 20 reads: %q", n, f.Requests())
	}
}

// A login that is refused is refused for everybody, and tried once.
func TestRefusedLoginOnce(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, asApp(keySecret, "S3NTINEL-wrong"))
	for range 2 {
		for _, err := range readAll(t, st, 20) {
			wantError(t, err, providers.Unauthenticated, "secret is wrong", clientID, "Microsoft Entra ID, login.microsoftonline.com")
		}
	}
	if n := len(f.Requests()); n != 4 {
		t.Errorf("requests = %q, want 4", f.Requests())
	}
}

func readAll(t *testing.T, st *store, n int) map[string]*providers.Error {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	errs := map[string]*providers.Error{}
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprintf("s-%d", i)
			r := st.Read(t.Context(), []providers.Ref{{ID: id}})[0]
			mu.Lock()
			defer mu.Unlock()
			errs[id] = r.Err
		})
	}
	wg.Wait()
	return errs
}

// A token that the vault takes no longer is replaced once, in the same read.
func TestTokenExpiresDuringTheRun(t *testing.T) {
	f := newFixture(t)
	st := f.open(t, asApp())
	wantPassword(t, readOne(t, st, "db-password"))
	f.RevokeLast()
	wantPassword(t, readOne(t, st, "db-password"))
	if n := f.count("authority /" + azuretest.Tenant + "/oauth2/v2.0/token"); n != 2 {
		t.Errorf("logins = %d, want 2", n)
	}
}

// A vault that takes no token at all is asked twice, not for ever.
func TestTokenIsNeverTaken(t *testing.T) {
	f := newFixture(t)
	f.Lifetime = -1
	st := f.open(t, asApp())
	wantError(t, readOne(t, st, "db-password").Err, providers.Unauthenticated, "")
	if n := f.count("vault "); n > 3 {
		t.Errorf("requests to the vault = %d: %q", n, f.Requests())
	}
}
