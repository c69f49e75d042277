package file

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

func TestRead(t *testing.T) {
	key, token := encrypted(t, "from a token")
	text := fmt.Sprintf(`# a comment
/team/db/password: "pä$$ \U0001f511"
block: |
  two
  lines
empty: ""
shared: &s again
alias: *s
secret: %[1]s
42: number as id
fields:
  user: admin
  value: the one
  token: %[1]s
only fields: {user: admin}
`, token)
	got := read(t, openText(t, text, map[string]string{"FERNET_KEY": key}),
		"/team/db/password", "block", "empty", "alias", "secret", "42", "fields", "only fields")
	want := map[string]plain{
		"/team/db/password": {Value: "pä$$ \U0001f511"},
		"block":             {Value: "two\nlines\n"},
		"empty":             {Value: ""},
		"alias":             {Value: "again"},
		"secret":            {Value: "from a token"},
		"42":                {Value: "number as id"},
		"fields":            {Value: "the one", Fields: map[string]string{"user": "admin", "value": "the one", "token": "from a token"}},
		"only fields":       {Value: "(nil)", Fields: map[string]string{"user": "admin"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read differs (-want +got):\n%s", diff)
	}
}

func TestReadJSON(t *testing.T) {
	text := `{"a": "\ud83d\udd11 \/", "b": {"value": "x", "f": "y"}, "c": ""}`
	got := read(t, openText(t, text, nil), "a", "b", "c")
	want := map[string]plain{
		"a": {Value: "\U0001f511 /"},
		"b": {Value: "x", Fields: map[string]string{"value": "x", "f": "y"}},
		"c": {Value: ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read differs (-want +got):\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	key, token := encrypted(t, sentinel)
	otherKey, _ := encrypted(t, "")
	tests := []struct {
		name, text, id, version string
		key                     string
		code                    providers.Code
		want                    string // in message or hint
	}{
		{name: "not found", text: "a: x", id: "zzz", code: providers.NotFound, want: `no secret "zzz"`},
		{name: "near miss", text: "/team/db/password: x", id: "team/db/pasword", code: providers.NotFound, want: `did you mean "/team/db/password"?`},
		{name: "version", text: "a: x", id: "a", version: "3", code: providers.VersionNotFound, want: `version "3"`},
		{name: "version of nothing", text: "a: x", id: "zzz", version: "3", code: providers.NotFound, want: "no secret"},
		{name: "number", text: "b: x\na: 12345", id: "a", code: providers.BadValue, want: `"a": line 2: the value is a number`},
		{name: "boolean", text: "a: true", id: "a", code: providers.BadValue, want: "a boolean"},
		{name: "null", text: "a:\n", id: "a", code: providers.BadValue, want: "empty"},
		{name: "date", text: "a: 2024-01-01", id: "a", code: providers.BadValue, want: "a date"},
		{name: "tag", text: "a: !S3NTINEL x", id: "a", code: providers.BadValue, want: "tagged"},
		{name: "list", text: "a: [S3NTINEL]", id: "a", code: providers.BadValue, want: "a list or a map"},
		{name: "deep", text: "a: {f: {g: S3NTINEL}}", id: "a", code: providers.BadValue, want: "a list or a map"},
		{name: "field", text: "a:\n  x: S3NTINEL\n  f: 0x53\n", id: "a", code: providers.BadValue, want: "line 3: the value is a number"},
		{name: "JSON number", text: "{\"b\": \"x\",\n\"a\": 1}", id: "a", code: providers.BadValue, want: "line 2: the value is a number"},
		{name: "JSON null", text: `{"a": null}`, id: "a", code: providers.BadValue, want: "empty"},
		{name: "JSON list", text: `{"a": ["S3NTINEL"]}`, id: "a", code: providers.BadValue, want: "a list or a map"},
		{name: "no key", text: "a: " + token, id: "a", code: providers.Config, want: "FERNET_KEY"},
		{name: "wrong key", text: "a: " + token, id: "a", key: otherKey, code: providers.Decrypt, want: `"a": none of`},
		{name: "right key for a field", text: "a: {f: fernet:x, g: " + token + "}", id: "a", key: key, code: providers.Decrypt, want: "not a Fernet token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := openText(t, tt.text, map[string]string{"FERNET_KEY": tt.key})
			res := st.Read(t.Context(), []providers.Ref{{ID: tt.id, Version: tt.version}})
			checkError(t, res[0].Err, tt.code, tt.want)
			if res[0].Err != nil && !strings.HasPrefix(res[0].Err.Place, "file store /") {
				t.Errorf("Place = %q, want the file's path", res[0].Err.Place)
			}
		})
	}
}

func TestGoodEntriesBesideBadOnes(t *testing.T) {
	st := openText(t, "bad: 1\ngood: x\ncipher: fernet:x\n", nil)
	if got := read(t, st, "good")["good"].Value; got != "x" {
		t.Errorf("good = %q, want %q", got, "x")
	}
}

func TestOpenErrors(t *testing.T) {
	_, token := encrypted(t, "x")
	tests := []struct {
		name, text string
		env        map[string]string
		code       providers.Code
		want       string
	}{
		{name: "not a map", text: "- S3NTINEL", code: providers.Config, want: "line 1: it is not a map"},
		{name: "empty", text: "", code: providers.Config, want: "not one YAML or JSON document"},
		{name: "two documents", text: "a: b\n---\nc: d\n", code: providers.Config, want: "not one YAML"},
		{name: "unquoted star", text: "b: x\na: *S3NTINEL\n", code: providers.Config, want: "line 2: it is not one YAML"},
		{name: "unquoted tag", text: "a: !S3NTINEL!x y\n", code: providers.Config, want: "line 1: it is not one YAML"},
		{name: "two ids", text: "a: x\nb: y\na: z\n", code: providers.Config, want: `line 3: the id "a" is there twice`},
		{name: "two ids in JSON", text: "{\"a\": \"x\",\n\"a\": \"y\"}", code: providers.Config, want: `line 2: the id "a"`},
		{name: "two fields", text: "a: {f: x, f: y}", code: providers.Config, want: `the field "f" is there twice`},
		{name: "merge key", text: "a: &x {f: g}\nb:\n  <<: *x\n", code: providers.Config, want: "line 3: a key is not a plain name"},
		{name: "no id", text: "a: x\n: S3NTINEL\n", code: providers.Config, want: "line 2: a key is not a plain name"},
		{name: "not UTF-8", text: "a: \"\xff\"", code: providers.Config, want: "not UTF-8"},
		{name: "large", text: "a: " + strings.Repeat("x", maxSize), code: providers.TooLarge, want: "4 MiB"},
		{name: "malformed key", text: "a: " + token, env: map[string]string{"FERNET_KEY": sentinel}, code: providers.Config, want: "Fernet key 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := openAt(t, write(t, t.TempDir(), tt.text, 0o600), tt.env)
			checkError(t, asError(t, err), tt.code, tt.want)
		})
	}
	for name, path := range map[string]string{"secrets_file is not set": "", "no such file": "/no/such/file", "not a regular file": t.TempDir()} {
		_, err := openAt(t, path, nil)
		checkError(t, asError(t, err), providers.Config, name)
	}
}

func TestSymlink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(write(t, dir, "a: x", 0o600), link); err != nil {
		t.Fatal(err)
	}
	st, err := openAt(t, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, st, "a")["a"].Value; got != "x" {
		t.Errorf("a = %q, want %q", got, "x")
	}
}
