//go:build integration

package aws

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func (a *account) parameter(name, value string) {
	a.t.Helper()
	_, err := a.ssm.PutParameter(a.t.Context(), &ssm.PutParameterInput{
		Name: &name, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: sdk.Bool(true),
	})
	a.must(err)
}

// With the single action on the named secrets alone, those are read, and
// everything else is a denial that says what to allow.
func TestLeastPrivilege(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	arn := a.secret("/least/mine", "mine")
	a.secret("/least/other", "other")
	a.parameter("/least/mine", "mine")
	a.parameter("/least/other", "other")
	id, key := a.user("least", policy(
		[]string{"secretsmanager:GetSecretValue", "ssm:GetParameter"},
		[]string{arn, "arn:aws:ssm:*:*:parameter/least/mine"},
	))
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		store := openStore(t, kind, a.settings(keyAccessKey, id, keySecretKey, key))
		want{id: "/least/mine", value: "mine"}.check(t, store)
		want{id: "/least/other", code: providers.PermissionDenied}.check(t, store)
		want{id: "/least/typo", code: providers.PermissionDenied}.check(t, store)
		err := readOne(t, store, "/least/other", "").Err
		if err == nil || !strings.Contains(err.Identity, id) || err.Status == 0 || !strings.Contains(err.Hint, "/least/other") {
			t.Errorf("%s: Read() = %+v, want identity %s, a status and a hint that names the id", kind.Names[0], *err, id)
		}
		group := store.Plan(append(refs("/least/mine"), many(24, "/least/n%d")...))[0]
		for i, r := range store.Read(t.Context(), group) {
			if codeOf(r.Err) != providers.PermissionDenied || !r.Err.Alone {
				t.Errorf("%s: Read(%q) in a batch = %+v, want PERMISSION_DENIED, alone", kind.Names[0], group[i].ID, r.Err)
			}
		}
	}
}

// With the batch action allowed, only the items that are denied come back to be
// read alone.
func TestBatchWithDeniedItem(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	arn := a.secret("/mixed/mine", "mine")
	a.secret("/mixed/other", "other")
	text := strings.Replace(policy([]string{"secretsmanager:GetSecretValue"}, []string{arn}), "}]", "},"+
		`{"Effect":"Allow","Action":["secretsmanager:BatchGetSecretValue"],"Resource":["*"]}]`, 1)
	id, key := a.user("mixed", text)
	store := openStore(t, SecretsManager(), a.settings(keyAccessKey, id, keySecretKey, key))
	got := store.Read(t.Context(), refs("/mixed/mine", "/mixed/other"))
	if got[0].Err != nil || string(got[0].Secret.Value) != "mine" {
		t.Errorf("Read(/mixed/mine) in a batch = %q, %+v, want %q", got[0].Secret.Value, got[0].Err, "mine")
	}
	if err := got[1].Err; codeOf(err) != providers.PermissionDenied || !err.Alone {
		t.Errorf("Read(/mixed/other) in a batch = %+v, want PERMISSION_DENIED, alone", err)
	}
}

func TestIdentitiesThatFail(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	a.secret("/key/s", "v")
	id, key := a.user("key", policy([]string{"*"}, []string{"*"}))
	tests := []struct {
		name string
		s    providers.Settings
		want providers.Code
	}{
		{"right", a.settings(keyAccessKey, id, keySecretKey, key), ""},
		{"wrong secret", a.settings(keyAccessKey, id, keySecretKey, key+"x"), providers.Unauthenticated},
		{"unknown key", a.settings(keyAccessKey, "AKIAUNKNOWNUNKNOWN00", keySecretKey, key), providers.Unauthenticated},
		{"token of nobody", a.settings(keyAccessKey, "ASIAUNKNOWNUNKNOWN00", keySecretKey, key, keySessionToken, "x"), providers.Unauthenticated},
	}
	for _, kind := range []providers.Kind{SecretsManager(), ParameterStore()} {
		for _, tt := range tests {
			t.Run(kind.Names[0]+" "+tt.name, func(t *testing.T) {
				err := readOne(t, openStore(t, kind, tt.s), "/key/s", "").Err
				if kind.Names[0] == "aws-ssm" && tt.want == "" {
					want{id: "/key/s", code: providers.NotFound}.check(t, openStore(t, kind, tt.s))
					return
				}
				if codeOf(err) != tt.want {
					t.Errorf("Read() = %+v, want code %q", err, tt.want)
				}
				if err != nil && strings.Contains(fmt.Sprintf("%+v", *err), key) {
					t.Errorf("Read() = %+v: the secret key is in the error", *err)
				}
			})
		}
	}
}

func TestRoles(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	arn := a.secret("/role/s", "v")
	read := policy([]string{"secretsmanager:GetSecretValue"}, []string{arn})
	reader := a.role("reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},
		"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"ext"}}}]}`, read)
	id, key := a.user("assumer", policy([]string{"sts:AssumeRole"}, []string{reader}))
	user := func(pairs ...string) providers.Settings {
		return a.settings(append([]string{keyAccessKey, id, keySecretKey, key}, pairs...)...)
	}

	want{id: "/role/s", code: providers.PermissionDenied}.check(t, openStore(t, SecretsManager(), user()))
	want{id: "/role/s", value: "v"}.check(t, openStore(t, SecretsManager(), user(keyRole, reader, keyExternalID, "ext")))
	for _, wrong := range [][]string{{keyRole, reader}, {keyRole, reader, keyExternalID, "no"}, {keyRole, reader + "x", keyExternalID, "ext"}} {
		err := readOne(t, openStore(t, SecretsManager(), user(wrong...)), "/role/s", "").Err
		if codeOf(err) != providers.PermissionDenied || !strings.Contains(err.Place, "STS") {
			t.Errorf("Read() with %v = %+v, want PERMISSION_DENIED by STS", wrong, err)
		}
	}
}

// webToken makes a token as a cluster's service account has it. ministack looks
// at the claims and not at the signature.
func webToken(t *testing.T, subject string) string {
	t.Helper()
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	claims := fmt.Sprintf(`{"iss":"https://oidc.test","aud":"sts.amazonaws.com","sub":%q,"exp":4102444800}`, subject)
	file := filepath.Join(t.TempDir(), "token")
	text := part(`{"alg":"RS256","typ":"JWT"}`) + "." + part(claims) + "." + part("signature")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWebIdentityOnServer(t *testing.T) {
	a := newAccount(t, "ministack", testenv.Ministack(t))
	arn := a.secret("/web/s", "v")
	a.iam("Action", "CreateOpenIDConnectProvider", "Url", "https://oidc.test",
		"ClientIDList.member.1", "sts.amazonaws.com", "ThumbprintList.member.1", strings.Repeat("a", 40))
	pod := a.role("pod", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
		"Principal":{"Federated":"arn:aws:iam::000000000000:oidc-provider/oidc.test"},"Action":"sts:AssumeRoleWithWebIdentity",
		"Condition":{"StringEquals":{"oidc.test:sub":"system:serviceaccount:om:ingestion"}}}]}`,
		policy([]string{"secretsmanager:GetSecretValue"}, []string{arn}))
	pairs := func(subject string) []string {
		return []string{keyRegion, a.server.Region, keyEndpoint, a.server.Endpoint, keyTokenRole, pod, keyTokenFile, webToken(t, subject)}
	}
	want{id: "/web/s", value: "v"}.check(t, openStore(t, SecretsManager(), settings(pairs("system:serviceaccount:om:ingestion")...)))
	want{id: "/web/s", code: providers.PermissionDenied}.check(t, openStore(t, SecretsManager(), settings(pairs("system:serviceaccount:om:other")...)))

	// As EKS sets it up, found by the SDK's own chain under loader airflow.
	t.Setenv("AWS_ROLE_ARN", pod)
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", webToken(t, "system:serviceaccount:om:ingestion"))
	t.Setenv("AWS_ENDPOINT_URL", a.server.Endpoint)
	want{id: "/web/s", value: "v"}.check(t, openStore(t, SecretsManager(), settings(keyRegion, a.server.Region)))
}

// moto answers a refused request in XML, which no JSON client can read: the
// status has to do.
func TestDeniedInXML(t *testing.T) {
	a := newAccount(t, "moto", testenv.Moto(t))
	a.secret("/xml/s", "v")
	enforce := func(after string) {
		resp, err := http.Post(a.server.Endpoint+"/moto-api/reset-auth", "text/plain", strings.NewReader(after))
		a.must(err)
		resp.Body.Close()
	}
	id, key := a.user("xml", policy([]string{"ssm:GetParameter"}, []string{"*"}))
	enforce("0")
	defer enforce("inf")
	store := openStore(t, SecretsManager(), a.settings(keyAccessKey, id, keySecretKey, key))
	want{id: "/xml/s", code: providers.PermissionDenied}.check(t, store)
}
