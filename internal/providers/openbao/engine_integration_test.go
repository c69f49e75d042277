//go:build integration

package openbao_test

import (
	"net/http"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

func TestVersion2OnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("two", "2")
	a.put("two", "team/db", object{"value": "first"})
	a.put("two", "team/db", object{"value": "second", "user": "u"})
	a.put("two", "odd%20name+%25%3F%23%C3%A9", object{"value": "odd"})
	a.put("two", "gone", object{"value": sentinel})
	a.put("two", "destroyed", object{"value": sentinel})
	a.put("two", "fields", object{"user": "u"})
	a.write("two/data/nothing", object{"data": nil})
	a.call(http.MethodDelete, "two/data/gone", nil)
	a.write("two/destroy/destroyed", object{"versions": []int{1}})
	store := openStore(t, a.settings("openbao_mount", "two"))
	for _, w := range []want{
		{id: "/team/db", value: "second"},
		{id: "team/db", version: "1", value: "first"},
		{id: "team/db", version: "2", value: "second"},
		{id: "team/db", version: "3", code: providers.VersionNotFound, message: "no version 3, its last is 2"},
		{id: "team/dbb", version: "3", code: providers.NotFound},
		{id: "odd name+%?#é", value: "odd"},
		{id: "team%2Fdb", code: providers.NotFound},
		{id: "team", code: providers.NotFound},
		{id: "gone", code: providers.Disabled, message: "version 1 of the entry was deleted"},
		{id: "destroyed", code: providers.VersionNotFound, message: "version 1 of the entry was destroyed"},
		{id: "nothing", code: providers.BadValue},
		{id: "fields"},
	} {
		w.check(t, store)
	}
	// The commands that the hints give are right.
	hint := want{id: "gone", code: providers.Disabled}.check(t, store).Hint
	a.write("two/undelete/gone", object{"versions": []int{1}})
	if hint != "bao kv undelete -mount=two -versions=1 gone" {
		t.Errorf("hint = %q", hint)
	}
	want{id: "gone", value: sentinel}.check(t, store)
	want{id: "a", code: providers.Config, message: `no engine is mounted at "nowhere"`}.check(t, openStore(t, a.settings("openbao_mount", "nowhere")))
	want{id: "a", code: providers.Config, message: "the namespace does not exist"}.check(t, openStore(t, a.settings("openbao_namespace", "nowhere")))
}

func TestVersion1OnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("one/nested", "1")
	a.write("one/nested/team/db", object{"value": "v", "n": 12345678901234567})
	a.put("secret", "of-two", object{"value": "two"})
	mount := []string{"openbao_mount", "one/nested", "openbao_kv_version", "1"}
	store := openStore(t, a.settings(mount...))
	want{id: "/team/db", value: "v"}.check(t, store)
	want{id: "team/dbb", code: providers.NotFound}.check(t, store)
	want{id: "team/db", version: "1", code: providers.InvalidRef}.check(t, store)
	if got := string(read(t.Context(), t, store, "team/db", "").Secret.Fields["n"]); got != "12345678901234567" {
		t.Errorf("field n = %q, want all digits", got)
	}
	want{id: "team/db", code: providers.NotFound}.check(t, openStore(t, a.settings("openbao_mount", "one/nested")))
	want{id: "of-two", code: providers.Config, message: "is version 2"}.check(t, openStore(t, a.settings("openbao_kv_version", "1")))
}

// A token that may read one entry, by either version, reads that, is told the
// engine's version, and is refused everything else.
func TestLeastPrivilege(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("least1", "1")
	a.write("least1/mine", object{"value": "one"})
	a.mount("least2", "2")
	a.put("least2", "mine", object{"value": "two"})
	a.put("least2", "other", object{"value": sentinel})
	a.policy("least", "least1/mine", "least2/data/mine")
	token := a.token("least")
	for mount, version := range map[string]string{"least1": "1", "least2": "2"} {
		for _, kv := range []string{version, "auto"} {
			store := openStore(t, a.settings("openbao_token", token, "openbao_mount", mount, "openbao_kv_version", kv))
			want{id: "mine", value: map[string]string{"1": "one", "2": "two"}[version]}.check(t, store)
			for _, id := range []string{"other", "mime"} {
				err := want{id: id, code: providers.PermissionDenied}.check(t, store)
				path := map[string]string{"1": "least1/", "2": "least2/data/"}[version] + id
				if err != nil && (!strings.Contains(err.Hint, `path "`+path+`"`) || err.Status != http.StatusForbidden) {
					t.Errorf("error = %+v, want a policy for %s", *err, path)
				}
			}
		}
	}
	other := openStore(t, a.settings("openbao_token", token, "openbao_kv_version", "auto", "openbao_mount", "elsewhere"))
	want{id: "mine", code: providers.PermissionDenied, message: "is not told to this token"}.check(t, other)
	stranger := openStore(t, a.settings("openbao_token", "s.unknown", "openbao_mount", "least2"))
	want{id: "mine", code: providers.Unauthenticated, message: "does not know the token"}.check(t, stranger)
}

func TestNamespacesOnServer(t *testing.T) {
	outer := newAdmin(t, testenv.Bao(t))
	outer.put("secret", "where", object{"value": "outside"})
	a := outer.in("team")
	a.mount("secret", "2")
	a.put("secret", "where", object{"value": "inside"})
	a.policy("reader", "secret/data/where")
	inside := a.token("reader")
	want{id: "where", value: "outside"}.check(t, openStore(t, outer.settings()))
	want{id: "where", value: "inside"}.check(t, openStore(t, a.settings()))
	want{id: "where", value: "inside"}.check(t, openStore(t, a.settings("openbao_token", inside)))
	err := want{id: "where", code: providers.PermissionDenied}.check(t, openStore(t, outer.settings("openbao_token", inside)))
	if err != nil && strings.Contains(err.Place, "namespace") {
		t.Errorf("place = %q, want no namespace", err.Place)
	}
	facts := openStore(t, a.settings("openbao_token", inside)).(providers.Examiner).Examine(t.Context())
	checkFacts(t, strings.NewReplacer(a.server.Addr, "URL"), facts, []string{
		"endpoint ok: OpenBao at URL, namespace team (variable X), mount secret (variable X) answers, version 2.", "clock ok",
		"identity ok: the token of variable X, token accessor", "mount ok: the engine at \"secret\" is key-value version 2", "permission unknown",
	})
}

func TestLimitedServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.mount("limited", "2")
	a.put("limited", "a", object{"value": "v"})
	a.write("sys/quotas/rate-limit/limited", object{"path": "limited", "rate": 0.001, "interval": "1h"})
	store := openStore(t, a.settings("openbao_mount", "limited"))
	read(t.Context(), t, store, "a", "")
	err := want{id: "a", code: providers.Throttled}.check(t, store)
	if err != nil && (!err.Retryable || err.Status != http.StatusTooManyRequests) {
		t.Errorf("error = %+v, want a retryable 429", *err)
	}
}

func TestSealedServer(t *testing.T) {
	a := newAdmin(t, testenv.NewBao(t))
	a.call(http.MethodPut, "sys/seal", nil)
	store := openStore(t, a.settings())
	err := want{id: "a", code: providers.Unavailable, message: "the server is sealed"}.check(t, store)
	if err != nil && (!err.Retryable || !strings.Contains(err.Hint, "unseal")) {
		t.Errorf("error = %+v, want a retryable one", *err)
	}
	facts := store.(providers.Examiner).Examine(t.Context())
	checkFacts(t, strings.NewReplacer(a.server.Addr, "URL"), facts, []string{
		"endpoint fail: OpenBao at URL, mount secret (variable X) is sealed", "clock ok",
		"identity fail: UNAVAILABLE: the server is sealed", "mount fail", "permission unknown",
	})
}

func TestCertificateOnServer(t *testing.T) {
	a := newAdmin(t, testenv.Bao(t))
	a.put("secret", "tls", object{"value": "v"})
	want{id: "tls", code: providers.TLS, message: "not trusted"}.check(t, openStore(t, a.settings("openbao_ca_cert_path", "")))
	want{id: "tls", value: "v"}.check(t, openStore(t, a.settings("openbao_ca_cert_path", "", "openbao_skip_tls_verify", "true")))
	plain := strings.Replace(a.server.Addr, "https:", "http:", 1)
	want{id: "tls", code: providers.Config, message: "the server speaks TLS"}.check(t, openStore(t, a.settings("openbao_address", plain)))
}
