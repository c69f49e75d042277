package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/rest"
)

// Examine tells the namespace and why that one, then asks the API server for its
// version (reachability, certificate, clock), for our name, and for what we may
// do in the namespace. The last two are reviews: POSTs that change nothing, and
// that every authenticated user may make unless an administrator took that away.
func (st *Store) Examine(ctx context.Context) []providers.Fact {
	facts := []providers.Fact{{Name: "namespace", Status: providers.OK, Text: st.namespace.String()}}
	q := question{Store: st, who: st.who.text("")}
	if _, failed := st.login.credential(ctx, nil); failed != nil {
		return append(facts, providers.Fact{Name: "identity", Status: providers.Fail, Text: failed.Message + ": " + q.who, Hint: failed.Hint})
	}
	version, err := q.ask(ctx, http.MethodGet, st.base.JoinPath("version"), nil)
	if err != nil && err.Status == 0 {
		// Nobody answered, so nobody will answer the rest.
		return append(facts, providers.Fact{Name: "endpoint", Status: providers.Fail, Text: err.Message + ": " + st.server(), Hint: err.Hint})
	}
	facts = append(facts, st.endpoint(version, err))
	if date := dateOf(version.header); err == nil && !date.IsZero() {
		facts = append(facts, st.clock(date))
	}
	return append(facts, q.identity(ctx), q.permission(ctx))
}

func (st *Store) server() string { return st.base.Scheme + "://" + st.base.Host }

func (st *Store) endpoint(a answer, err *providers.Error) providers.Fact {
	f := providers.Fact{Name: "endpoint", Status: providers.OK, Text: st.server() + " answers"}
	var version struct{ GitVersion string }
	switch {
	case err != nil && (err.Code == providers.Unauthenticated || err.Code == providers.PermissionDenied):
		// It is an API server; the identity is looked at next.
		f.Text += ", and does not tell its version"
	case err != nil:
		f.Status, f.Text, f.Hint = providers.Fail, f.Text+": "+err.Message, err.Hint
	case json.Unmarshal(a.body, &version) != nil || version.GitVersion == "":
		f.Status, f.Text, f.Hint = providers.Warn, f.Text+", and not as a Kubernetes API server", "check the address in "+st.addressIn
	default:
		f.Text += ", Kubernetes " + oneLine(version.GitVersion)
	}
	if st.insecure && f.Status == providers.OK {
		f.Status, f.Text = providers.Warn, f.Text+"; its certificate is not verified (insecure-skip-tls-verify)"
		f.Hint = "give the cluster's CA with " + st.rootsIn + ", and take insecure-skip-tls-verify out"
	}
	return f
}

// clock compares with the server's, to the second that HTTP tells.
func (st *Store) clock(date time.Time) providers.Fact {
	now := time.Now
	if st.around.now != nil {
		now = st.around.now
	}
	return rest.Clock{Warn: 30 * time.Second, Hint: "certificates and tokens are valid between two times"}.Fact(now().Sub(date))
}

// identity asks the server who we are, for it alone verifies tokens.
func (q *question) identity(ctx context.Context) providers.Fact {
	a, err := q.review(ctx, "authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", "")
	var review struct {
		Status struct{ UserInfo struct{ Username string } }
	}
	if err == nil && json.Unmarshal(a.body, &review) == nil && review.Status.UserInfo.Username != "" {
		return providers.Fact{Name: "identity", Status: providers.OK, Text: oneLine(review.Status.UserInfo.Username) + ", from " + q.origin}
	}
	if err != nil && (err.Code == providers.Unauthenticated || err.Status == 0) {
		return providers.Fact{Name: "identity", Status: providers.Fail, Text: err.Message + ": " + q.who, Hint: err.Hint}
	}
	return providers.Fact{Name: "identity", Status: providers.Unknown, Text: q.who + "; the server does not say"}
}

// rule is one of a namespace's rules for us.
type rule struct{ Verbs, APIGroups, Resources, ResourceNames []string }

func (r rule) allows(verb string) bool {
	has := func(list []string, one string) bool { return slices.Contains(list, one) || slices.Contains(list, "*") }
	return has(r.Verbs, verb) && has(r.APIGroups, "") && has(r.Resources, "secrets")
}

// permission tells which Secrets may be read, without reading one.
func (q *question) permission(ctx context.Context) providers.Fact {
	f := providers.Fact{Name: "permission", Status: providers.Unknown, Text: "cannot be told without reading a Secret"}
	a, err := q.review(ctx, "authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", `{"namespace":"`+q.namespace.name+`"}`)
	var review struct {
		Status struct {
			Incomplete    bool
			ResourceRules []rule
		}
	}
	if err != nil || json.Unmarshal(a.body, &review) != nil {
		return f
	}
	var names []string
	all, more := false, false
	for _, r := range review.Status.ResourceRules {
		more = more || slices.ContainsFunc([]string{"list", "watch", "create", "update", "patch", "delete"}, r.allows)
		if r.allows("get") {
			names = append(names, r.ResourceNames...)
			all = all || len(r.ResourceNames) == 0
		}
	}
	slices.Sort(names)
	switch {
	case all || more:
		f.Status, f.Text = providers.Warn, "more than needed: get on every Secret of the namespace, or verbs besides get"
		f.Hint = "grant get alone, on the Secrets that are named (resourceNames)"
	case len(names) > 0:
		f.Status, f.Text = providers.OK, "get on the Secrets "+oneLine(strings.Join(slices.Compact(names), ", "))
	case !review.Status.Incomplete:
		f.Status, f.Text = providers.Fail, "no Secret of namespace "+q.namespace.name+" may be read"
		f.Hint = "bind the identity to a Role with the verb get on the Secrets that are named"
	}
	return f
}

// review asks the server something about ourselves; spec is JSON, or empty.
func (q *question) review(ctx context.Context, group, kind, resource, spec string) (answer, *providers.Error) {
	if spec != "" {
		spec = `,"spec":` + spec
	}
	body := fmt.Sprintf(`{"apiVersion":"%s/v1","kind":"%s"%s}`, group, kind, spec)
	return q.ask(ctx, http.MethodPost, q.base.JoinPath("apis", group, "v1", resource), []byte(body))
}
