package azurekv

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/azurekv/azuretest"
)

func reply(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.Close()
}

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "200")
	_, _ = w.Write([]byte(`{"value":"S3NTINEL`))
}

func endless(w http.ResponseWriter, _ *http.Request) {
	chunk := []byte(strings.Repeat("a", 1<<20))
	_, _ = w.Write([]byte(`{"value":"`))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// The vault's answers to a read that are none of Key Vault's, or of no use. Each
// read is made once.
func TestVaultFaults(t *testing.T) {
	const html = "<html>S3NTINEL</html>"
	tests := []struct {
		name  string
		h     http.HandlerFunc
		want  providers.Code
		retry bool
		after time.Duration
	}{
		{"reset", reset, providers.Unavailable, true, 0},
		{"truncated", truncated, providers.Unavailable, true, 0},
		{"endless", endless, providers.TooLarge, false, 0},
		{"HTML", reply(200, html), providers.Unavailable, false, 0},
		{"no value", reply(200, `{"id":"x"}`), providers.Unavailable, false, 0},
		{"wrong JSON", reply(200, `{"value":{"S3NTINEL":1}}`), providers.Unavailable, false, 0},
		{"HTML 404", reply(404, html), providers.Unavailable, false, 0},
		{"HTML 403", reply(403, html), providers.PermissionDenied, false, 0},
		{"redirect", reply(302, "", "Location", "https://elsewhere.example/S3NTINEL"), providers.Unavailable, false, 0},
		{"429", reply(429, "", "Retry-After", "7"), providers.Throttled, true, 7 * time.Second},
		{"429 until", reply(429, "", "Date", "Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After", "Mon, 02 Jan 2006 15:04:12 GMT"), providers.Throttled, true, 7 * time.Second},
		{"503", reply(503, html, "Retry-After", "S3NTINEL"), providers.Unavailable, true, 0},
		{"400", reply(400, `{"error":{"code":"S3NTINEL"}}`), providers.Unavailable, false, 0},
		{"409", reply(409, `{"error":{"code":"ObjectIsBeingRecovered"}}`), providers.Disabled, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.proxy.HTTP1()
			reads := 0
			f.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Host != vaultHost || r.Header.Get("Authorization") == "" {
					return false
				}
				reads++
				tt.h(w, r)
				return true
			}
			err := readOne(t, f.open(t, asApp()), "db-password").Err
			wantError(t, err, tt.want, vaultHost)
			if err.Retryable != tt.retry || err.After != tt.after {
				t.Errorf("Read() = %+v, want retryable %t, after %s", *err, tt.retry, tt.after)
			}
			if reads != 1 {
				t.Errorf("reads = %d, want 1", reads)
			}
		})
	}
}

// What answers in the vault's place before there is a token.
func TestNoVault(t *testing.T) {
	tests := []struct {
		name string
		h    http.HandlerFunc
		want providers.Code
	}{
		{"no challenge", reply(401, ""), providers.Unauthenticated},
		{"challenge without tenant", reply(401, "", "WWW-Authenticate", `Bearer authorization="https://login.example", resource="https://vault.azure.net"`), providers.Unauthenticated},
		{"basic", reply(401, "", "WWW-Authenticate", "Basic realm=S3NTINEL"), providers.Unauthenticated},
		{"HTML", reply(200, "<html>S3NTINEL"), providers.Unavailable},
		{"redirect to a login page", reply(302, "", "Location", "https://portal.example/S3NTINEL"), providers.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.proxy.Handle(vaultHost, tt.h)
			wantError(t, readOne(t, f.open(t, asApp()), "db-password").Err, tt.want, vaultHost)
			if n := f.count("authority "); n != 0 {
				t.Errorf("logins = %d, want 0", n)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	f := newFixture(t)
	arrived, done := make(chan struct{}, 4), make(chan struct{})
	defer close(done)
	f.proxy.Handle(azuretest.AuthorityHost, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-done
	}))
	st := f.open(t, asApp())
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	wantError(t, st.Read(ctx, []providers.Ref{{ID: "db-password"}})[0].Err, providers.Timeout, "getting a token")
	<-arrived
	ctx, stop := context.WithCancel(t.Context())
	go func() { <-arrived; stop() }()
	wantError(t, st.Read(ctx, []providers.Ref{{ID: "db-password"}})[0].Err, providers.Cancelled)
}
