//go:build integration

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/providers/gcp/gcptest"
	"om-secret-exec/internal/testenv"
)

// TestGCP runs the scripts against a fake that answers for Google's own host
// names and verifies what Google verifies. No other host may be asked.
func TestGCP(t *testing.T) {
	t.Parallel()
	google, proxy := gcptest.New(t), testenv.NewProxy(t)
	google.Mount(proxy.Handle, "europe-west3")
	google.Grant(gcptest.Federated)
	values := plantGCP(google)
	down := testenv.NewProxy(t)
	for _, host := range []string{"oauth2.googleapis.com", "secretmanager.googleapis.com"} {
		down.Handle(host, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "S3NTINEL", http.StatusServiceUnavailable)
		}))
	}
	p := params("testdata/gcp")
	common := p.Setup
	p.Setup = func(env *testscript.Env) error {
		for _, pair := range proxy.Env() {
			name, value, _ := strings.Cut(pair, "=")
			env.Setenv(name, value)
		}
		env.Setenv("DOWN", down.URL)
		env.Setenv("DOWN_CA", down.CAFile)
		env.Setenv("METADATA", google.Metadata(t))
		env.Setenv("READER", gcptest.Reader)
		env.Setenv("OM1", testenv.Python(t, "airflow2"))
		env.Setenv("OM2", testenv.Python(t, "airflow3"))
		files := map[string]any{
			"values.json":   values,
			"key.json":      google.Key(gcptest.Reader),
			"stranger.json": google.Key("stranger@prod-1.iam.gserviceaccount.com"),
			"external.json": gcptest.External(filepath.Join(env.WorkDir, "token"), ""),
			"token":         google.WorkloadToken(gcptest.Subject),
		}
		for name, content := range files {
			text, ok := content.(string)
			if !ok {
				data, err := json.Marshal(content)
				if err != nil {
					return err
				}
				text = string(data)
			}
			if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o600); err != nil {
				return err
			}
		}
		return common(env)
	}
	t.Run("scripts", func(t *testing.T) { testscript.Run(t, p) })
	t.Cleanup(func() {
		for _, host := range append(proxy.Unexpected(), down.Unexpected()...) {
			t.Errorf("%s was asked, which nobody configured", host)
		}
	})
}

// plantGCP stores twelve secrets, and returns their values by id.
func plantGCP(google *gcptest.Google) map[string]string {
	values := map[string]string{}
	for n := range secretCount {
		id := fmt.Sprintf("prod-secret-%d", n)
		values[id] = secretValue(n)
		google.Put("projects/"+gcptest.Project+"/secrets/"+id,
			gcptest.Version{Data: []byte("old")}, gcptest.Version{Data: []byte(values[id])})
	}
	google.Put("projects/"+gcptest.Project+"/locations/europe-west3/secrets/regional", gcptest.Version{Data: []byte("near")})
	return values
}
