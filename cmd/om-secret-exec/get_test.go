package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"om-secret-exec/internal/protocol"
)

// odd are secrets that text would not survive: get gives the bytes.
var odd = map[string][]byte{
	"nul":       []byte("a\x00b\x00"),
	"latin1":    []byte("p\xe4ss"),
	"every":     everyByte(),
	"long":      bytes.Repeat([]byte("0123456789abcdef"), 64<<10/16),
	"line":      []byte("x\n"),
	"lines":     []byte("\r\n\n x \t\n"),
	"mark":      []byte("\ufeffx"),
	"unicode":   []byte("pä$$wört 😀 \u2028 </script>"),
	"quotes":    []byte(`"'\` + "`$(id)${HOME}%s"),
	"surrogate": []byte("\xed\xa0\x80"), // not UTF-8 although some say so
	"reference": []byte("secret:/other"),
	"object":    []byte(`{ "a":1 }`),
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

// oddStore speaks AWS's protocol and has the odd secrets, as binary ones.
func oddStore(t *testing.T) (env []string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ SecretId string } //nolint:revive // AWS's name
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, `{"Name": %q, "VersionId": "v1", "SecretBinary": %q}`, asked.SecretId, base64.StdEncoding.EncodeToString(odd[asked.SecretId]))
	}))
	t.Cleanup(server.Close)
	return []string{
		"OM_SECRET_EXEC_PROVIDER=aws", "AWS_ENDPOINT_URL=" + server.URL, "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=x",
	}
}

func TestGetGivesBytes(t *testing.T) {
	t.Parallel()
	env := oddStore(t)
	for name, want := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, stdout, stderr := program(t, env, "get", name)
			if err := cmd.Run(); err != nil || !bytes.Equal(stdout.Bytes(), want) || stderr.Len() > 0 {
				t.Errorf("get gives %q, want %q (%v, stderr %q)", stdout, want, err, stderr)
			}
		})
	}
}

func TestGetJSONGivesBytes(t *testing.T) {
	t.Parallel()
	var names []string
	var refs []string
	for name := range odd {
		names = append(names, name)
		refs = append(refs, fmt.Sprintf(`{"ref": %q}`, name))
	}
	cmd, stdout, stderr := program(t, oddStore(t), "get", "--json")
	cmd.Stdin = strings.NewReader(`{"apiVersion": "om-secret-exec/v1", "kind": "SecretRequest", "spec": {"refs": [` + strings.Join(refs, ",") + `]}}`)
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v, stderr %q, stdout %q", err, stderr, stdout)
	}
	for i, item := range responseOf(t, stdout).Items {
		got := []byte(*item.Value)
		if item.Encoding == "base64" {
			var err error
			if got, err = base64.StdEncoding.DecodeString(*item.Value); err != nil {
				t.Error(err)
			}
		}
		want := odd[names[i]]
		if item.Ref != names[i] || !bytes.Equal(got, want) || item.Source.Version != "v1" {
			t.Errorf("item %d: ref %q, value %q, want %q", i, item.Ref, got, want)
		}
	}
}

// responseOf reads what get --json printed, and holds it to the schema.
func responseOf(t *testing.T, stdout *bytes.Buffer) *protocol.Response {
	t.Helper()
	if err := validResponse(stdout.Bytes()); err != nil {
		t.Fatalf("stdout is %q: %v", stdout, err)
	}
	var r protocol.Response
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}
