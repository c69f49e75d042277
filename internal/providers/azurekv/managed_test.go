package azurekv

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

// unremembered is a token's lifetime that is too short for the SDK to keep it:
// tokens of managed identities are kept for the whole process.
const unremembered = time.Minute

func TestManagedIdentity(t *testing.T) {
	system := &azuretest.App{ClientID: "44444444-4444-4444-4444-444444444444", Object: objectID, Managed: true, System: true}
	user := &azuretest.App{ClientID: "55555555-5555-5555-5555-555555555555", Object: objectID, Managed: true}
	tests := []struct {
		name, client string
		apps         []*azuretest.App
		who          string
		want         providers.Code
	}{
		{"system", "", []*azuretest.App{system, user}, "system-assigned managed identity " + system.ClientID, ""},
		{"user", user.ClientID, []*azuretest.App{system, user}, "user-assigned managed identity " + user.ClientID, ""},
		{"not assigned", "66666666-6666-6666-6666-666666666666", []*azuretest.App{system}, "66666666", providers.Unauthenticated},
		{"none", "", []*azuretest.App{user}, "system-assigned", providers.Unauthenticated},
	}
	check := func(t *testing.T, f *fixture, client, who string, want providers.Code) {
		t.Helper()
		st := f.open(t, settings(keyKind, kindManaged, keyClient, client))
		r := readOne(t, st, "db-password")
		if want != "" {
			wantError(t, r.Err, want, who, "managed identity endpoint")
			return
		}
		wantPassword(t, r)
		if got := st.login.identity(); got != who+", object "+objectID+", tenant "+azuretest.Tenant {
			t.Errorf("identity() = %q, want %q and more", got, who)
		}
	}
	for _, tt := range tests {
		t.Run("metadata "+tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.Apps, f.Lifetime = tt.apps, unremembered
			f.metadata(t, f.Metadata())
			check(t, f, tt.client, tt.who, tt.want)
		})
		t.Run("app service "+tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.Apps, f.Lifetime = tt.apps, unremembered
			server := httptest.NewServer(f.AppService("S3NTINEL-header"))
			defer server.Close()
			t.Setenv("IDENTITY_ENDPOINT", server.URL)
			t.Setenv("IDENTITY_HEADER", "S3NTINEL-header")
			check(t, f, tt.client, tt.who, tt.want)
		})
	}
}

// Without a metadata service there is an answer at once, and not after the
// repetitions of the SDK.
func TestNoMetadataService(t *testing.T) {
	f := newFixture(t)
	f.metadata(t, nil)
	start := time.Now()
	err := readOne(t, f.open(t, settings(keyKind, kindManaged)), "db-password").Err
	wantError(t, err, providers.Unavailable, "managed identity endpoint 169.254.169.254", keyKind)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("Read() took %s", took)
	}
}

// When nothing is configured, the SDK's chain looks for a managed identity and
// for command line tools, and the answer is that there is nothing.
func TestDefaultChain(t *testing.T) {
	f := newFixture(t)
	f.metadata(t, nil)
	fakeCommands(t, "exit 1")
	err := readOne(t, f.open(t, settings()), "db-password").Err
	wantError(t, err, providers.Unauthenticated, "no Azure credential", keyKind)

	f = newFixture(t)
	f.metadata(t, f.Metadata())
	f.Apps, f.Lifetime = []*azuretest.App{{ClientID: clientID, Object: objectID, Managed: true, System: true}}, unremembered
	wantPassword(t, readOne(t, f.open(t, settings()), "db-password"))
}

// Not even the address of metadata services goes to a proxy.
func TestMetadataIsNotProxied(t *testing.T) {
	asked := false
	transport := direct(&http.Transport{Proxy: func(*http.Request) (*url.URL, error) { asked = true; return nil, nil }})
	for host, want := range map[string]bool{"169.254.169.254": false, "169.254.130.2:8081": false, "kv1.vault.azure.net": true} {
		asked = false
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.Proxy(req); err != nil || asked != want {
			t.Errorf("proxy asked about %s = %t, %v, want %t", host, asked, err, want)
		}
	}
}

// A connection to a metadata service that nobody accepts or refuses ends soon.
func TestMetadataIsGivenUpSoon(t *testing.T) {
	var left time.Duration
	transport := direct(&http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return nil, context.DeadlineExceeded
	}})
	for addr, want := range map[string]time.Duration{"169.254.169.254:80": metadataTimeout, "kv1.vault.azure.net:443": time.Hour} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		_, _ = transport.DialContext(ctx, "tcp", addr)
		cancel()
		if left > want || left < want/2 {
			t.Errorf("time to connect to %s = %s, want %s", addr, left, want)
		}
	}
}
