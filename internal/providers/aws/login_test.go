package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"om-secret-exec/internal/providers"
)

// serveTokens answers every token request; what it was asked is left in form.
func serveTokens(t *testing.T, form map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Errorf("ParseForm() = %v", err)
		}
		action := r.Form.Get("Action")
		if action == "" { // the data request that follows
			form["data key"] = r.Header.Get("Authorization")
			_, _ = fmt.Fprint(w, `{"ARN":"x","SecretString":"v"}`)
			return
		}
		for name := range r.Form {
			form[name] = r.Form.Get(name)
		}
		_, _ = fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>
			<SecretAccessKey>%[2]s</SecretAccessKey><SessionToken>%[2]s</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
			</Credentials></%[1]sResult></%[1]sResponse>`, action, sentinel)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestAssumeRole(t *testing.T) {
	cleanEnv(t)
	form := map[string]string{}
	server := serveTokens(t, form)
	store := openStore(t, SecretsManager(), withKey(server.URL, keyRole, "arn:aws:iam::1:role/r", keyExternalID, "ext"))
	if got := readOne(t, store, "/a", ""); got.Err != nil {
		t.Fatalf("Read() = %v", got.Err)
	}
	for name, want := range map[string]string{
		"Action": "AssumeRole", "RoleArn": "arn:aws:iam::1:role/r", "ExternalId": "ext", "RoleSessionName": "om-secret-exec",
	} {
		if form[name] != want {
			t.Errorf("STS was sent %s=%q, want %q", name, form[name], want)
		}
	}
	if !strings.Contains(form["data key"], "Credential=ASIAROLE/") {
		t.Errorf("the data request is signed by %q, want the role's key", form["data key"])
	}
}

func TestWebIdentity(t *testing.T) {
	cleanEnv(t)
	form := map[string]string{}
	server := serveTokens(t, form)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settings(keyRegion, "eu-west-1", keyEndpoint, server.URL, keyTokenFile, file, keyTokenRole, "arn:aws:iam::1:role/w", keySessionName, "me")
	store := openStore(t, ParameterStore(), s)
	store.Read(t.Context(), refs("/a"))
	if form["Action"] != "AssumeRoleWithWebIdentity" || form["WebIdentityToken"] != "jwt" || form["RoleSessionName"] != "me" {
		t.Errorf("STS was sent %v, want a web identity token and the session name", form)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	err := readOne(t, openStore(t, ParameterStore(), s), "/a", "").Err
	if codeOf(err) != providers.Config || !strings.Contains(err.Message, file) || !strings.Contains(err.Identity, "role/w") {
		t.Errorf("Read() without the token file = %+v, want CONFIG that names the file and the role", err)
	}
}

// A profile that assumes a role makes its STS client inside the SDK, which
// ignores AWS_ENDPOINT_URL.
func TestProfileWithRole(t *testing.T) {
	cleanEnv(t)
	form := map[string]string{}
	server := serveTokens(t, form)
	const config = "[profile r]\nrole_arn = arn:aws:iam::1:role/p\nsource_profile = base\nregion = eu-west-1\n" +
		"[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = x\n"
	writeConfig(t, config)
	store := openStore(t, SecretsManager(), settings(keyProfile, "r", keyEndpoint, server.URL))
	if got := readOne(t, store, "/a", ""); got.Err != nil {
		t.Fatalf("Read() = %v", got.Err)
	}
	if form["RoleArn"] != "arn:aws:iam::1:role/p" {
		t.Errorf("STS was sent %v, want the profile's role", form)
	}
}

func TestTokenErrors(t *testing.T) {
	body := func(code string) string {
		return "<ErrorResponse><Error><Code>" + code + "</Code><Message>" + sentinel + "</Message></Error><RequestId>req-2</RequestId></ErrorResponse>"
	}
	tests := []struct {
		name   string
		status int
		body   string
		want   providers.Code
	}{
		{"denied", 403, body("AccessDenied"), providers.PermissionDenied},
		{"expired", 400, body("ExpiredTokenException"), providers.Unauthenticated},
		{"token refused", 400, body("InvalidIdentityToken"), providers.Unauthenticated},
		{"key unknown", 403, body("InvalidClientTokenId"), providers.Unauthenticated},
		{"throttled", 400, body("Throttling"), providers.Throttled},
		{"not XML", 400, sentinel, providers.Unauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			server := httptest.NewServer(answerWith(tt.status, tt.body))
			defer server.Close()
			store := openStore(t, SecretsManager(), withKey(server.URL, keyRole, "arn:aws:iam::1:role/r"))
			err := readOne(t, store, "/a", "").Err
			if codeOf(err) != tt.want || err.Status != tt.status {
				t.Errorf("Read() = %+v, want code %s", err, tt.want)
			}
			if !strings.Contains(err.Place, "AWS STS") || !strings.Contains(err.Identity, "role/r") {
				t.Errorf("Read(): place %q, identity %q, want STS and the role", err.Place, err.Identity)
			}
			notQuoted(t, err)
		})
	}
}

func TestNoCredentials(t *testing.T) {
	for loader, want := range map[string]string{"airflow": "[openmetadata_secrets_manager]", "env": "AWS_ACCESS_KEY_ID"} {
		cleanEnv(t)
		s := settings(keyRegion, "eu-west-1", keyEndpoint, "http://127.0.0.1:1")
		s.Loader = loader
		err := readOne(t, openStore(t, SecretsManager(), s), "/a", "").Err
		if codeOf(err) != providers.Unauthenticated || !strings.Contains(err.Hint, want) {
			t.Errorf("Read() under loader %s = %+v, want UNAUTHENTICATED and %q in the hint", loader, err, want)
		}
	}
}

func TestProfilesThatFail(t *testing.T) {
	const config = `[profile sso]
sso_session = s
sso_account_id = 1
sso_role_name = r
region = eu-west-1
[sso-session s]
sso_region = eu-west-1
sso_start_url = https://sso.test
[profile process]
credential_process = /bin/sh -c "echo S3NTINEL; exit 3"
region = eu-west-1
`
	for profile, want := range map[string]string{"sso": "single sign-on", "process": "credential_process"} {
		cleanEnv(t)
		t.Setenv("HOME", t.TempDir())
		writeConfig(t, config)
		err := readOne(t, openStore(t, SecretsManager(), settings(keyProfile, profile)), "/a", "").Err
		if codeOf(err) != providers.Unauthenticated || !strings.Contains(err.Message, want) || err.Identity != "profile "+profile {
			t.Errorf("Read() with profile %s = %+v, want UNAUTHENTICATED and %q", profile, err, want)
		}
		notQuoted(t, err)
	}
}

// TestOneLogin reads many secrets with a role that may be assumed, and with one
// that may not: STS is asked once.
func TestOneLogin(t *testing.T) {
	for name, status := range map[string]int{"refused": http.StatusForbidden, "given": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			cleanEnv(t)
			var logins atomic.Int32
			tokens := serveTokens(t, map[string]string{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Amz-Target") != "" {
					_, _ = fmt.Fprint(w, `{"ARN":"x","SecretString":"v"}`)
					return
				}
				logins.Add(1)
				if status != http.StatusOK {
					w.WriteHeader(status)
					_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`)
					return
				}
				tokens.Config.Handler.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			store := openStore(t, SecretsManager(), withKey(server.URL, keyRole, "arn:aws:iam::1:role/r"))
			read := func() {
				err := store.Read(t.Context(), refs("/a"))[0].Err
				if (err == nil) != (status == http.StatusOK) || err != nil && err.Code != providers.PermissionDenied {
					t.Errorf("Read() = %v", err)
				}
			}
			var group sync.WaitGroup
			for range 20 {
				group.Go(read)
			}
			group.Wait()
			read()
			if n := logins.Load(); n != 1 {
				t.Errorf("21 reads made %d logins, want 1", n)
			}
		})
	}
}
