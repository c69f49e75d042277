package openbao

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

const (
	// skewAllowed is what a login with a web token forgives.
	skewAllowed = time.Minute
	// soon is too short a rest of a token's life for a run.
	soon = 5 * time.Minute
)

// Examine implements [providers.Examiner] with at most four requests: the
// server's health, a login, the token's own look-up, and what engine is mounted.
// None of them reads an entry.
func (s *store) Examine(ctx context.Context) []providers.Fact {
	facts := s.health(ctx)
	g, err := s.access.enter(ctx)
	if err != nil {
		return append(facts, failure("identity", err))
	}
	facts = append(facts, s.identity(ctx, g))
	return append(facts, s.engine(ctx, g)...)
}

// health asks for the server's state, which answers without a token, and with a
// status of its own for each state.
func (s *store) health(ctx context.Context) []providers.Fact {
	a, err := s.do(ctx, request{method: http.MethodGet, path: "sys/health", global: true})
	if err != nil {
		return []providers.Fact{failure("endpoint", err)}
	}
	var h struct {
		Initialized *bool  `json:"initialized"`
		Sealed      bool   `json:"sealed"`
		Standby     bool   `json:"standby"`
		Time        int64  `json:"server_time_utc"`
		Version     string `json:"version"`
	}
	if json.Unmarshal(a.raw, &h) != nil || h.Initialized == nil {
		return []providers.Fact{failure("endpoint", s.foreign(a).error(a, s.place, ""))}
	}
	f := providers.Fact{Name: "endpoint", Status: providers.OK, Text: s.place + " answers"}
	if isWord(h.Version) {
		f.Text += ", version " + h.Version
	}
	switch {
	case !*h.Initialized:
		f.Status, f.Text, f.Hint = providers.Fail, s.place+" is not initialised", "run operator init"
	case h.Sealed:
		f.Status, f.Text, f.Hint = providers.Fail, s.place+" is sealed", "run operator unseal"
	case h.Standby:
		f.Text += ", a standby node"
	}
	return []providers.Fact{f, s.clock(h.Time)}
}

func (s *store) clock(server int64) providers.Fact {
	if server == 0 {
		return providers.Fact{Name: "clock", Status: providers.Unknown, Text: "the server does not tell its time"}
	}
	return rest.Clock{Warn: skewAllowed, Hint: "tokens with an expiry are refused otherwise, unless it is the server's that is wrong"}.
		Fact(s.now().Sub(time.Unix(server, 0)))
}

// identity asks what the token is, which the policy "default" allows.
func (s *store) identity(ctx context.Context, g *grant) providers.Fact {
	a, err := s.do(ctx, request{method: http.MethodGet, path: "auth/token/lookup-self", token: g.token})
	if err != nil {
		return failure("identity", err)
	}
	var t struct {
		Accessor string   `json:"accessor"`
		Name     string   `json:"display_name"`
		Policies []string `json:"policies"`
		TTL      int64    `json:"ttl"`
	}
	f := providers.Fact{Name: "identity", Status: providers.OK, Text: g.identity}
	switch v, common := s.common(a); {
	case common:
		return failure("identity", v.error(a, s.place, g.identity))
	case refused(a) && unknownToken(a):
		return failure("identity", s.badToken().error(a, s.place, g.identity))
	case a.status != http.StatusOK || json.Unmarshal(a.Data, &t) != nil:
		f.Status = providers.Unknown
		f.Text += "; the token may not look itself up"
		f.Hint = `allow it to: path "auth/token/lookup-self" { capabilities = ["read"] }`
		return f
	}
	if isWord(t.Accessor) && !strings.Contains(f.Text, t.Accessor) {
		f.Text += ", token accessor " + t.Accessor
	}
	if isWord(t.Name) {
		f.Text += ", display name " + t.Name
	}
	if names := slices.DeleteFunc(t.Policies, func(p string) bool { return !isWord(p) }); len(names) > 0 {
		f.Text += ", policies " + strings.Join(names, " ")
	}
	left := time.Duration(t.TTL) * time.Second
	switch {
	case slices.Contains(t.Policies, "root"):
		f.Status, f.Hint = providers.Warn, "a root token may do everything: use one whose policy reads the entries alone"
	case t.TTL > 0 && left < soon:
		f.Status, f.Hint = providers.Warn, "give the token or the role a longer time to live"
	}
	if t.TTL > 0 {
		f.Text += ", valid for " + left.String()
	}
	return f
}

// engine tells what is mounted, and what cannot be told about permissions.
func (s *store) engine(ctx context.Context, g *grant) []providers.Fact {
	unknown := providers.Fact{
		Name: "permission", Status: providers.Unknown, Text: "which entries the token may read cannot be told without an id",
		Hint: s.product.command + " token capabilities " + question{store: s, ref: providers.Ref{ID: "ID"}, grant: g}.path(),
	}
	m, a, err := s.lookUpMount(ctx, g)
	f := providers.Fact{Name: "mount", Status: providers.OK}
	switch {
	case err != nil:
		return []providers.Fact{failure("mount", err), unknown}
	case a.status != http.StatusOK:
		f.Status, f.Text = providers.Fail, fmt.Sprintf("the token may do nothing below %q, or nothing is mounted there", s.mount)
		f.Hint = "check " + keyMount + " and " + keyNamespace + ", and give the token a policy: path " +
			question{store: s, ref: providers.Ref{ID: "ID"}, grant: g}.path() + ` { capabilities = ["read"] }`
	case m.Type != "kv":
		v := notKV(s.mount)
		f.Status, f.Text, f.Hint = providers.Fail, v.message, v.hint
	case m.version() != g.kv:
		f.Status, f.Text = providers.Fail, fmt.Sprintf("the engine at %q is version %.8q, and %s is %s", s.mount, m.version(), keyKV, g.kv)
		f.Hint = "set " + keyKV + " to the engine's version, or to auto"
	default:
		f.Text = fmt.Sprintf("the engine at %q is key-value version %s", s.mount, g.kv)
	}
	return []providers.Fact{f, unknown}
}

// failure makes a fact of an error.
func failure(name string, e *providers.Error) providers.Fact {
	text := string(e.Code) + ": " + e.Message
	if e.Identity != "" {
		text += " (" + e.Identity + ")"
	}
	return providers.Fact{Name: name, Status: providers.Fail, Text: text, Hint: e.Hint}
}
