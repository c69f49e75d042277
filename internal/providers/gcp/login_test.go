package gcp

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

func TestLoginFaults(t *testing.T) {
	const oauth, sts, iam = "oauth2.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com"
	w := newWorld(t)
	foreign := gcptest.New(t)
	token := func(text string) string { return gcptest.Write(t, "token", text) }
	good := token(w.WorkloadToken(gcptest.Subject))
	old := "Mon, 02 Jan 2006 15:04:05 GMT"
	wrongPool := gcptest.External(good, "")
	wrongPool["audience"] = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/providers/y"
	program := gcptest.External("", "")
	program["credential_source"] = map[string]any{"executable": map[string]any{"command": "/bin/false"}}
	revoked := gcptest.UserFile()
	revoked["refresh_token"] = "S3NTINEL-old"
	key := w.Key(gcptest.Reader)
	tests := []struct {
		name    string
		file    map[string]any
		host    string
		h       http.HandlerFunc
		want    providers.Code
		retry   bool
		message string
		place   string
	}{
		{"deleted key", foreign.Key(gcptest.Reader), oauth, nil, "UNAUTHENTICATED", false, "does not accept the key of the service account (invalid_grant)", "Google OAuth, host " + oauth},
		{"revoked login", revoked, oauth, nil, "UNAUTHENTICATED", false, "login has expired or was revoked", "Google OAuth, host " + oauth},
		{"clock", key, oauth, text(400, `{"error":"invalid_grant"}`, "Date", old), "UNAUTHENTICATED", false, "clock is", "Google OAuth, host " + oauth},
		{"throttled", key, oauth, text(429, "S3NTINEL", "Retry-After", "3"), "THROTTLED", true, "too many logins", "Google OAuth, host " + oauth},
		{"server error", key, oauth, text(503, "S3NTINEL"), "UNAVAILABLE", true, "server error", "Google OAuth, host " + oauth},
		{"HTML", key, oauth, text(200, "<html>S3NTINEL"), "UNAVAILABLE", false, "no access token", "Google OAuth, host " + oauth},
		{"HTML refusal", key, oauth, text(403, "<html>S3NTINEL"), "UNAVAILABLE", false, "not one of a token endpoint", "Google OAuth, host " + oauth},
		{"redirect", key, oauth, text(307, "", "Location", "https://evil.example/"), "UNAVAILABLE", false, "another host", "Google OAuth, host " + oauth},
		{"cut off", key, oauth, text(200, `{"access_token":"S3NT`, "Content-Length", "900"), "UNAVAILABLE", true, "ends too early", "Google OAuth, host " + oauth},
		{"reset", key, oauth, reset, "UNAVAILABLE", true, "closed", "Google OAuth, host " + oauth},
		{"forged token", gcptest.External(token(foreign.WorkloadToken(gcptest.Subject)), ""), sts, nil, "UNAUTHENTICATED", false, "does not accept the token (invalid_grant)", "Google Security Token Service, host " + sts},
		{"foreign subject", gcptest.External(token(w.WorkloadToken("mallory")), ""), sts, nil, "PERMISSION_DENIED", false, "may not ask for this token", "Google Security Token Service, host " + sts},
		{"wrong pool", wrongPool, sts, nil, "UNAUTHENTICATED", false, "no such workload identity pool", "Google Security Token Service, host " + sts},
		{"no token file", gcptest.External("/nowhere/token", ""), sts, nil, "CONFIG", false, "/nowhere/token", title},
		{"program", program, sts, nil, "CONFIG", false, "runs a program", title},
		{"may not act", gcptest.External(good, gcptest.Reader), iam, nil, "PERMISSION_DENIED", false, "acting as the service account of the credentials file is not allowed", "Google IAM Service Account Credentials, host " + iam},
		{"no such account", gcptest.External(good, gcptest.Reader), iam, failing(404, "NOT_FOUND", ""), "CONFIG", false, "there is no service account", "Google IAM Service Account Credentials, host " + iam},
		{"IAM API disabled", gcptest.External(good, gcptest.Reader), iam, failing(403, "PERMISSION_DENIED", "", "SERVICE_DISABLED"), "CONFIG", false, "API is not enabled", "Google IAM Service Account Credentials, host " + iam},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.h != nil {
				w.Break(tt.host, tt.h)
				defer w.Break(tt.host, nil)
			}
			st := w.open(t, keyFile, gcptest.Write(t, "f.json", tt.file), keyProject, gcptest.Project)
			got, err := read(t, st, "db", "")
			if err == nil {
				t.Fatalf("Read() = %q, want %s", got, tt.want)
			}
			if err.Code != tt.want || err.Retryable != tt.retry || !strings.Contains(err.Message, tt.message) || err.Place != tt.place {
				t.Errorf("Read() = %+v, want %s, retryable %t, with %q, place %q", err, tt.want, tt.retry, tt.message, tt.place)
			}
			if err.Identity == "" {
				t.Error("the error does not say who asked")
			}
		})
	}
	if asked := w.asked(t); strings.Contains(asked, "secretmanager") {
		t.Errorf("requests:\n%s\nwant none without a token", asked)
	}
}

// A program that gives the token runs when the environment allows it.
func TestExecutableSource(t *testing.T) {
	w := newWorld(t)
	w.Grant(gcptest.Federated)
	answer, err := json.Marshal(map[string]any{
		"version": 1, "success": true, "token_type": "urn:ietf:params:oauth:token-type:jwt",
		"id_token": w.WorkloadToken(gcptest.Subject), "expiration_time": time.Now().Add(time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "token.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat <<'EOF'\n"+string(answer)+"\nEOF\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := gcptest.External("", "")
	file["credential_source"] = map[string]any{"executable": map[string]any{"command": script}}
	t.Setenv(variableExecutables, "1") // x/oauth2 reads the process's
	st := w.open(t, keyFile, gcptest.Write(t, "f.json", file), variableExecutables, "1", keyProject, gcptest.Project)
	if got, _ := read(t, st, "db", ""); got != "S3NTINEL-db" {
		t.Errorf("Read() = %q, want the value", got)
	}
}

// In another universe the signed assertion is the token, and no host of Google's
// public cloud is asked.
func TestUniverse(t *testing.T) {
	w := newWorld(t)
	var bearer string
	w.proxy.Handle("secretmanager.apis-s3ns.fr", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		bearer = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		failing(404, "NOT_FOUND", "")(rw, r)
	}))
	file := w.Key(gcptest.Reader)
	file["universe_domain"] = "apis-s3ns.fr"
	_, err := read(t, w.open(t, keyFile, gcptest.Write(t, "f.json", file)), "db", "")
	if err == nil || err.Code != providers.NotFound {
		t.Errorf("Read() = %+v, want NOT_FOUND", err)
	}
	if strings.Count(bearer, ".") != 2 {
		t.Errorf("the token has %d parts, want an assertion", strings.Count(bearer, ".")+1)
	}
	if asked := w.asked(t); asked != "" {
		t.Errorf("requests:\n%s\nwant none to the public cloud", asked)
	}
}

// A program that hangs ends with the read's time, not with its own.
func TestExecutableThatHangs(t *testing.T) {
	w := newWorld(t)
	script := filepath.Join(t.TempDir(), "token.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 20\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := gcptest.External("", "")
	file["credential_source"] = map[string]any{"executable": map[string]any{"command": script, "timeout_millis": 30000}}
	t.Setenv(variableExecutables, "1")
	st := w.open(t, keyFile, gcptest.Write(t, "f.json", file), variableExecutables, "1", keyProject, gcptest.Project)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := st.Read(ctx, []providers.Ref{{ID: "db"}})[0].Err
	if err == nil || err.Code != providers.Timeout || err.Place == "" {
		t.Errorf("Read() = %+v, want TIMEOUT with its place", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it takes %v", took)
	}
}

// A named store has its credentials' project, not the main store's.
func TestProjectOfNamedStore(t *testing.T) {
	s := providers.Settings{Store: "other", Env: func(string) (string, bool) { return "main-project", true }}
	if project, source := projectOf(s, credential{}); project == "main-project" {
		t.Errorf("projectOf = %q from %s", project, source)
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		endpoint string
		want     int
	}{{"", 0}, {"https://sm.example", 0}, {"http://127.0.0.1:80", 0}, {"http://[::1]", 0}, {"http://sm.example", 1}}
	for _, tt := range tests {
		s := providers.Settings{Values: map[string]providers.Setting{keyEndpoint: {Value: tt.endpoint}}}
		if got := warnings(s); len(got) != tt.want {
			t.Errorf("warnings(%q) = %q, want %d", tt.endpoint, got, tt.want)
		}
	}
}
