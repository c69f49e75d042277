package gcp

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

const dataHost = "secretmanager.googleapis.com"

// recorder remembers headers of the last request.
type recorder struct {
	next         http.RoundTripper
	path         string
	quota, agent string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.path = req.URL.Path
	r.quota, r.agent = req.Header.Get("X-Goog-User-Project"), req.Header.Get("User-Agent")
	return r.next.RoundTrip(req)
}

func text(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func failing(code int, status, message string, reasons ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var details []map[string]any
		for _, reason := range reasons {
			details = append(details, gcptest.Reason(reason))
		}
		gcptest.Fail(w, code, status, message, details...)
	}
}

func perimeter(w http.ResponseWriter, _ *http.Request) {
	gcptest.Fail(w, 403, "PERMISSION_DENIED", "Request is prohibited by organization's policy.", map[string]any{
		"@type":      "type.googleapis.com/google.rpc.PreconditionFailure",
		"violations": []map[string]any{{"type": "VPC_SERVICE_CONTROLS", "description": "uid-1"}},
	})
}

func endless(w http.ResponseWriter, _ *http.Request) {
	chunk := []byte(strings.Repeat("a", 1<<20))
	for range 100 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestFaults(t *testing.T) {
	const sum = `{"name":"projects/1/secrets/db/versions/2","payload":{"data":"UzNOVElORUw=","dataCrc32c":%s}}`
	tests := []struct {
		name   string
		h      http.HandlerFunc
		want   providers.Code
		retry  bool
		after  time.Duration
		status int
		hint   string
	}{
		{"denied", failing(403, "PERMISSION_DENIED", "Permission denied", "IAM_PERMISSION_DENIED"), "PERMISSION_DENIED", false, 0, 403, "roles/secretmanager.secretAccessor"},
		{"API disabled", failing(403, "PERMISSION_DENIED", "has not been used", "SERVICE_DISABLED"), "CONFIG", false, 0, 403, "gcloud services enable secretmanager.googleapis.com --project prod-1"},
		{"no such project", failing(403, "PERMISSION_DENIED", "", "CONSUMER_INVALID"), "CONFIG", false, 0, 403, "project_id"},
		{"quota project", failing(403, "PERMISSION_DENIED", "", "USER_PROJECT_DENIED"), "PERMISSION_DENIED", false, 0, 403, "gcp_quota_project"},
		{"scope", failing(403, "PERMISSION_DENIED", "", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "PERMISSION_DENIED", false, 0, 403, "cloud-platform"},
		{"perimeter", perimeter, "POLICY", false, 0, 403, "audit log"},
		{"perimeter by text", failing(403, "PERMISSION_DENIED", "vpcServiceControlsUniqueIdentifier: x"), "POLICY", false, 0, 403, "ingress"},
		{"policy", failing(403, "PERMISSION_DENIED", "", "ORG_RESTRICTION_VIOLATION"), "POLICY", false, 0, 403, "organisation"},
		{"key of the secret", failing(400, "FAILED_PRECONDITION", "Cloud KMS key is disabled"), "DISABLED", false, 0, 400, "service agent"},
		{"malformed", failing(400, "INVALID_ARGUMENT", ""), "INVALID_REF", false, 0, 400, "gcp_location"},
		{"401", failing(401, "UNAUTHENTICATED", ""), "UNAUTHENTICATED", false, 0, 401, "clock"},
		{"429", text(429, `{"error":{"status":"RESOURCE_EXHAUSTED"}}`, "Retry-After", "7"), "THROTTLED", true, 7 * time.Second, 429, "quota"},
		{"503", failing(503, "UNAVAILABLE", ""), "UNAVAILABLE", true, 0, 503, ""},
		{"hostile status", text(400, `{"error":{"status":"S3NTINEL text"}}`), "UNAVAILABLE", false, 0, 400, "proxy"},
		{"HTML", text(200, "<html>S3NTINEL"), "UNAVAILABLE", false, 0, 200, "proxy"},
		{"HTML 404", text(404, "<html>S3NTINEL"), "UNAVAILABLE", false, 0, 404, "gcp_endpoint"},
		{"HTML 403", text(403, "<html>S3NTINEL"), "PERMISSION_DENIED", false, 0, 403, ""},
		{"HTML 502", text(502, "<html>S3NTINEL"), "UNAVAILABLE", true, 0, 502, ""},
		{"truncated JSON", text(200, `{"payload":{"data":"UzNO`), "UNAVAILABLE", false, 0, 200, ""},
		{"truncated body", text(200, `{"payload":{"data":"UzNO`, "Content-Length", "100"), "UNAVAILABLE", true, 0, 200, ""},
		{"no payload", text(200, `{}`), "UNAVAILABLE", false, 0, 200, ""},
		{"wrong checksum", text(200, fmt.Sprintf(sum, `"1"`)), "UNAVAILABLE", true, 0, 200, ""},
		{"no checksum", text(200, `{"payload":{"data":"UzNOVElORUw="}}`), "UNAVAILABLE", true, 0, 200, ""},
		{"redirect", text(302, "", "Location", "https://evil.example/"), "UNAVAILABLE", false, 0, 0, "gcp_endpoint"},
		{"100 MB", endless, "TOO_LARGE", false, 0, 200, "gcp_endpoint"},
		{"reset", reset, "UNAVAILABLE", true, 0, 0, ""},
	}
	w := newWorld(t)
	st := w.keyed(t)
	read(t, st, "db", "")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.Break(dataHost, tt.h)
			before := len(w.Requests())
			got, err := read(t, st, "db", "")
			if err == nil {
				t.Fatalf("Read() = %q, want %s", got, tt.want)
			}
			if err.Code != tt.want || err.Retryable != tt.retry || err.After != tt.after || err.Status != tt.status || !strings.Contains(err.Hint, tt.hint) {
				t.Errorf("Read() = %+v, want %s, retryable %t, after %s, status %d, hint %q", err, tt.want, tt.retry, tt.after, tt.status, tt.hint)
			}
			if !strings.HasPrefix(err.Place, "Google Secret Manager, project prod-1") || err.Identity != "service account "+gcptest.Reader {
				t.Errorf("place %q, identity %q", err.Place, err.Identity)
			}
			// A refused token is replaced once, nothing else is repeated here.
			if n := len(w.Requests()) - before; n != 1 && (tt.status != 401 || n != 3) {
				t.Errorf("requests = %d, want 1", n)
			}
		})
	}
	w.Break(dataHost, http.HandlerFunc(perimeter))
	if _, err := read(t, st, "db", ""); err.RequestID != "uid-1" {
		t.Errorf("request id of a perimeter's refusal = %q, want uid-1", err.RequestID)
	}
	w.asked(t)
}

// A token that expires in the middle of a run is replaced, once for all.
func TestExpiredToken(t *testing.T) {
	w := newWorld(t)
	st := w.keyed(t)
	read(t, st, "db", "")
	w.Expire()
	if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
		t.Errorf("Read() = %q, want the value", got)
	}
	want := askToken + askSecret + "\n" + askSecret + "\n" + askToken + askSecret
	if got := w.asked(t); got != want {
		t.Errorf("requests:\n%s\nwant:\n%s", got, want)
	}
}

// Many reads at once log in once, also when the login fails for good.
func TestOneLogin(t *testing.T) {
	for _, broken := range []bool{false, true} {
		w := newWorld(t)
		if broken {
			w.Break("oauth2.googleapis.com", text(400, `{"error":"invalid_grant","error_description":"S3NTINEL"}`))
		}
		st := w.keyed(t)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { st.Read(t.Context(), []providers.Ref{{ID: "db"}}) })
		}
		wg.Wait()
		if n := strings.Count(w.asked(t), "oauth2"); n != 1 {
			t.Errorf("logins = %d, want 1 (broken: %t)", n, broken)
		}
	}
}

func TestDeadline(t *testing.T) {
	for _, host := range []string{dataHost, "oauth2.googleapis.com"} {
		w := newWorld(t)
		arrived := make(chan struct{}, 4)
		w.Break(host, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			arrived <- struct{}{}
			<-r.Context().Done()
		}))
		st := w.keyed(t)
		ref := []providers.Ref{{ID: "db"}}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := st.Read(ctx, ref)[0].Err; err == nil || err.Code != providers.Timeout || !err.Retryable {
			t.Errorf("%s: Read() after the deadline = %+v, want TIMEOUT", host, err)
		}
		<-arrived
		ctx, stop := context.WithCancel(t.Context())
		go func() { <-arrived; stop() }()
		if err := st.Read(ctx, ref)[0].Err; err == nil || err.Code != providers.Cancelled {
			t.Errorf("%s: Read() when cancelled = %+v, want CANCELLED", host, err)
		}
		w.Break(host, nil)
		if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
			t.Errorf("%s: Read() after that = %q, want the value", host, got)
		}
	}
}
