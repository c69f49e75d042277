package openbao_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

func TestConnections(t *testing.T) {
	other := serve(t, always(http.StatusOK, entry(`{"value": "S3NTINEL"}`)))
	handlers := map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			block := strings.Repeat(sentinel, 1<<17)
			for range 100 {
				if _, err := io.WriteString(w, block); err != nil {
					return
				}
			}
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"data": "S3NTINEL`)
		},
		"reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"silent": func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		},
	}
	tests := []struct {
		name, message, hint string
		code                providers.Code
		retry               bool
	}{
		{"redirect", "to another host", "load balancer", providers.Unavailable, false},
		{"endless", "larger than 16 MiB", "openbao_address", providers.TooLarge, false},
		{"cut off", "ends too early", "", providers.Unavailable, true},
		{"reset", "closed before the answer", "", providers.Unavailable, true},
		{"silent", "no answer in time", "openbao_read_timeout_ms", providers.Timeout, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(handlers[tt.name])
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			defer server.Close()
			limit := "30000"
			if tt.name == "silent" {
				limit = "50"
			}
			store := openStore(t, settings(server.URL, "openbao_read_timeout_ms", limit, "openbao_connect_timeout_ms", limit))
			err := read(t.Context(), t, store, "a", "").Err
			failsWith(t, "Read()", err, tt.code, tt.message)
			if err != nil && (!strings.Contains(err.Hint, tt.hint) || err.Retryable != tt.retry || !strings.Contains(err.Place, "mount secret")) {
				t.Errorf("error = %+v, want hint with %q, retryable %t, the place", *err, tt.hint, tt.retry)
			}
		})
	}
	if len(other.requests) != 0 {
		t.Errorf("the other host was asked %q with a token", other.paths())
	}
}

func TestRefusedConnection(t *testing.T) {
	for name, s := range map[string]providers.Settings{"read": settings("http://127.0.0.1:1"), "login": appRole("http://127.0.0.1:1")} {
		err := read(t.Context(), t, openStore(t, s), "a", "").Err
		failsWith(t, name, err, providers.Unavailable, "refused")
		if err != nil && (!err.Refused || err.Identity == "") {
			t.Errorf("%s: %+v, want Refused and an identity", name, *err)
		}
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, entry(`{"value": "v"}`))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))

	err := read(t.Context(), t, openStore(t, settings(server.URL)), "a", "").Err
	failsWith(t, "without the CA", err, providers.TLS, "not trusted")
	if err != nil && (!strings.Contains(err.Hint, "openbao_ca_cert_path or --ca-file") || err.Retryable) {
		t.Errorf("error = %+v, want a hint with the settings, not retryable", *err)
	}
	value(t, openStore(t, settings(server.URL, "openbao_ca_cert_path", ca)))
	common := settings(server.URL)
	common.CAFile = ca
	value(t, openStore(t, common))

	// Without verification it works, and every message says so.
	store := openStore(t, settings(server.URL, "openbao_skip_tls_verify", "true"))
	value(t, store)
	server.Close()
	err = read(t.Context(), t, store, "a", "").Err
	if err == nil || !strings.Contains(err.Place, "certificate NOT verified") {
		t.Errorf("Read() = %+v, want a place that says the certificate is not verified", err)
	}
}

func TestEndOfTime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // before that the server does not see that the client is gone
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, s := range map[string]providers.Settings{"read": settings(server.URL), "login": appRole(server.URL)} {
		err := read(ctx, t, openStore(t, s), "a", "").Err
		failsWith(t, name, err, providers.Timeout, "no answer in time")
	}
}
