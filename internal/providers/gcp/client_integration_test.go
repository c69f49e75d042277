//go:build integration

package gcp

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
	"om-secret-exec/internal/testenv"
)

// client is Google's own client for Python, the one that OpenMetadata uses, by
// REST. It prints what it makes of each secret.
const client = `
import json, sys
from google.api_core import exceptions
from google.cloud import secretmanager_v1 as sm
import google.auth
project = google.auth.default()[1]
answers = {}
client = sm.SecretManagerServiceClient(transport="rest")
for name in sys.argv[1:]:
    try:
        payload = client.access_secret_version(name=f"projects/{project}/secrets/{name}").payload
        assert payload.data_crc32c
        answers[name] = "value " + payload.data.decode("latin-1")
    except exceptions.GoogleAPICallError as e:
        answers[name] = type(e).__name__
    try:
        version = client.get_secret_version(name=f"projects/{project}/secrets/{name}")
        answers["state of " + name] = version.state.name
    except exceptions.GoogleAPICallError as e:
        answers["state of " + name] = type(e).__name__
print(json.dumps(answers))
`

// The fake is no better than what it is compared with: Google's client takes its
// tokens and reads its answers, with each kind of credential, as we do.
func TestGoogleClientAgrees(t *testing.T) {
	python := testenv.Python(t, "airflow3")
	w := newWorld(t)
	w.Grant(gcptest.Federated)
	w.Grant(gcptest.User)
	for _, who := range []string{gcptest.Reader, gcptest.Federated, gcptest.User} {
		w.GrantView(who)
	}
	w.LetActAs(gcptest.Federated, gcptest.Reader)
	w.Put("projects/prod-1/secrets/binary", gcptest.Version{Data: []byte("a\x00\xff\n")})
	w.Put("projects/prod-1/secrets/off", gcptest.Version{Data: []byte("v"), State: "DISABLED"})
	names := []string{
		"db/versions/latest", "db/versions/1", "db/versions/9", "binary/versions/1", "absent/versions/latest", "off/versions/1",
	}
	want := map[string]string{
		names[0]: "value S3NTINEL-db", names[1]: "value old", names[2]: "NotFound", names[3]: "value a\x00\u00ff\n",
		names[4]: "NotFound", names[5]: "BadRequest",
	}
	for i, state := range []string{"ENABLED", "ENABLED", "NotFound", "ENABLED", "NotFound", "DISABLED"} {
		want["state of "+names[i]] = state
	}
	states := map[providers.Code]string{
		providers.NotFound: "NotFound", providers.VersionNotFound: "NotFound", providers.Disabled: "DISABLED",
	}
	same := map[providers.Code]string{
		providers.NotFound: "NotFound", providers.VersionNotFound: "NotFound", providers.Disabled: "BadRequest",
	}
	token := gcptest.Write(t, "token", w.WorkloadToken(gcptest.Subject))
	for name, file := range map[string]map[string]any{
		"key": w.Key(gcptest.Reader), "user": gcptest.UserFile(),
		"workload": gcptest.External(token, ""), "acting": gcptest.External(token, gcptest.Reader),
	} {
		t.Run(name, func(t *testing.T) {
			path := gcptest.Write(t, "f.json", file)
			cmd := exec.CommandContext(t.Context(), python, append([]string{"-c", client}, names...)...)
			cmd.Env = append(w.proxy.Env(), variableFile+"="+path, "GOOGLE_CLOUD_PROJECT="+gcptest.Project)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("python: %v\n%s", err, stderr(err))
			}
			theirs := map[string]string{}
			if err := json.Unmarshal(out, &theirs); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, theirs); diff != "" {
				t.Errorf("Google's client reads (-want +got):\n%s", diff)
			}
			ours := map[string]string{}
			st := w.open(t, keyFile, path, keyProject, gcptest.Project)
			for _, n := range names {
				res := st.Read(t.Context(), []providers.Ref{{ID: "projects/prod-1/secrets/" + n}})[0]
				if res.Err != nil {
					ours[n] = same[res.Err.Code]
					continue
				}
				ours[n] = "value " + latin1(res.Secret.Value)
			}
			for _, n := range names {
				ours["state of "+n] = "ENABLED"
				if err := st.Probe(t.Context(), providers.Ref{ID: "projects/prod-1/secrets/" + n}); err != nil {
					ours["state of "+n] = states[err.Code]
				}
			}
			if diff := cmp.Diff(want, ours); diff != "" {
				t.Errorf("we read (-want +got):\n%s", diff)
			}
		})
	}
	w.asked(t)
}

func stderr(err error) string {
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Output does not wrap it
		return string(exit.Stderr)
	}
	return ""
}

func latin1(value []byte) string {
	var b strings.Builder
	for _, c := range value {
		b.WriteRune(rune(c))
	}
	return b.String()
}
