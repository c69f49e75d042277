//go:build integration

package kubernetes

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/testenv"
)

// The least account may ask, and the real server gives it nothing of the data:
// not even of a Secret that was made with kubectl apply, which keeps them in an
// annotation as well.
func testProbe(t *testing.T, k testenv.KubeServer) {
	around, s := podOf(t, k, k.TokenFor(t, exampleNamespace, exampleAccount))
	st := mustOpen(t, s, around)
	seen := &witness{next: st.login.(tokenFile).client.Transport}
	st.login = tokenFile{st.login.(tokenFile).path, &http.Client{Transport: seen}}
	for id, want := range map[string]providers.Code{
		exampleSecret: "", "snowflake": "",
		"openmetadata-bot-ingestion-bot-config-jwttoken": providers.NotFound,
		"unnamed": providers.PermissionDenied,
	} {
		err := st.Probe(t.Context(), providers.Ref{ID: id})
		if want == "" && err != nil || want != "" && (err == nil || err.Code != want) {
			t.Errorf("Probe(%q) = %+v, want code %q", id, err, want)
		}
	}
	for _, text := range []string{sentinel, base64.StdEncoding.EncodeToString([]byte(sentinel)), "annotations", `"data"`} {
		if bytes.Contains(seen.body, []byte(text)) {
			t.Errorf("the server's answers hold %s:\n%s", text, seen.body)
		}
	}
	if !bytes.Contains(seen.body, []byte(exampleSecret)) {
		t.Errorf("the answers that were seen are not those about the Secrets:\n%s", seen.body)
	}
}

// witness keeps what the server answers.
type witness struct {
	next http.RoundTripper
	body []byte
}

// RoundTrip implements [http.RoundTripper].
func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	w.body = append(w.body, body...)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
