package kubernetes

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

func TestExamine(t *testing.T) {
	t.Parallel()
	const name = `{"status":{"userInfo":{"username":"system:serviceaccount:team-a:ingestion"}}}`
	rules := func(text string) string { return `{"status":{"incomplete":false,"resourceRules":[` + text + `]}}` }
	get := rules(`{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["b","a"]},{"verbs":["create"],"apiGroups":["x"],"resources":["y"]}`)
	tests := []struct {
		name   string
		whoami string
		rules  string
		skew   time.Duration
		want   []string
	}{
		{"as it should be", name, get, 0, []string{
			"namespace ok team-a (the pod's own)", "endpoint ok .* answers, Kubernetes v1.36.3", "clock ok ",
			"identity ok system:serviceaccount:team-a:ingestion, from the pod's service account", "permission ok get on the Secrets a, b",
		}},
		{"too much", name, rules(`{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}`), 0, []string{"permission warn more than needed"}},
		{"list as well", name, rules(`{"verbs":["get","list"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]}`), 0, []string{"permission warn more than needed"}},
		{"nothing", name, rules(""), 0, []string{"permission fail no Secret of namespace team-a"}},
		{"not told", "", "", 0, []string{"identity unknown system:serviceaccount", "permission unknown"}},
		{"clock", name, get, 2 * time.Hour, []string{"clock warn differs from the server's by 2h"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.answer = func(w http.ResponseWriter, r *http.Request) {
				body := map[string]string{
					"GET /version": `{"gitVersion":"v1.36.3"}`,
					"POST /apis/authentication.k8s.io/v1/selfsubjectreviews":     tt.whoami,
					"POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews": tt.rules,
				}[r.Method+" "+r.URL.Path]
				if body == "" {
					refuse(w, http.StatusForbidden, "Forbidden")
					return
				}
				fmt.Fprint(w, body)
			}
			around, s := c.pod()
			around.now = func() time.Time { return time.Now().Add(tt.skew) }
			checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), tt.want)
			if asked := c.asked(); len(asked) != 3 {
				t.Errorf("requests = %q, want three", asked)
			}
		})
	}
}

func TestExamineEndpoint(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, s := c.pod()
	c.answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>S3NTINEL") }
	checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), []string{"endpoint warn .* answers, and not as a Kubernetes API server"})
	c.answer = func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden, "Forbidden") }
	checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), []string{"endpoint ok .* answers, and does not tell its version"})

	c.answer = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, sentinel, http.StatusNotFound) }
	checkFacts(t, mustOpen(t, s, around).Examine(t.Context()), []string{"endpoint fail .* the answer is not a Kubernetes API server's"})

	c.answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`) }
	data, err := os.ReadFile(c.kubeconfig("{token: " + c.token + "}"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, path, regexp.MustCompile("certificate-authority-data: [^,]*").ReplaceAllString(string(data), "insecure-skip-tls-verify: true"))
	facts := mustOpen(t, settings(nil, keyKubeconfig, path), surroundings{}).Examine(t.Context())
	checkFacts(t, facts, []string{"endpoint warn .* its certificate is not verified (insecure-skip-tls-verify)"})
}

// checkFacts wants lines of name, status and the start of the text, in which
// " .* " stands for anything.
func checkFacts(t *testing.T, facts []providers.Fact, want []string) {
	t.Helper()
	var got strings.Builder
	for _, f := range facts {
		fmt.Fprintf(&got, "%s %s %s\n", f.Name, f.Status, f.Text)
		if (f.Status == providers.Fail || f.Status == providers.Warn) && f.Hint == "" {
			t.Errorf("fact %+v has no hint", f)
		}
	}
	if strings.Contains(got.String(), sentinel) {
		t.Errorf("the facts show too much: %s", got.String())
	}
	for _, line := range want {
		first, rest, _ := strings.Cut(line, ".* ")
		i := strings.Index("\n"+got.String(), "\n"+first)
		if i < 0 || !strings.Contains(got.String()[i:], rest) {
			t.Errorf("facts:\n%swant %q", got.String(), line)
		}
	}
}

func TestExamineWithoutServer(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	around, s := c.pod()
	st := mustOpen(t, s, around)
	c.set(func() { c.token = "another" })
	checkFacts(t, st.Examine(t.Context()), []string{"identity fail the API server does not accept the credential: system:serviceaccount"})
	write(t, filepath.Join(around.pod, "token"), "")
	checkFacts(t, st.Examine(t.Context()), []string{"namespace ok ", "identity fail the token file .* is empty"})
	write(t, filepath.Join(around.pod, "token"), "x")
	c.Close()
	facts := st.Examine(t.Context())
	checkFacts(t, facts, []string{"namespace ok ", "endpoint fail the connection was refused"})
	if len(facts) != 2 {
		t.Errorf("facts = %+v, want two", facts)
	}
}
