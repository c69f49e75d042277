package openbao

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"om-secret-exec/internal/providers"
)

// mountInfo is what the server tells about an engine to every token that may do
// anything below it.
type mountInfo struct {
	Type    string `json:"type"`
	Path    string `json:"path"`
	Options struct {
		Version string `json:"version"`
	} `json:"options"`
}

// version is the engine's version as the setting writes it. Engines from before
// there was a second one have none.
func (m mountInfo) version() string {
	if m.Options.Version == "" {
		return "1"
	}
	return m.Options.Version
}

// lookUpMount asks about the engine. The answer is for who wants to explain its
// status.
func (s *store) lookUpMount(ctx context.Context, g *grant) (mountInfo, answer, *providers.Error) {
	a, err := s.do(ctx, request{method: http.MethodGet, path: "sys/internal/ui/mounts/" + s.mount, token: g.token})
	var m mountInfo
	if err != nil || a.status != http.StatusOK {
		return m, a, err
	}
	if !a.readable || json.Unmarshal(a.Data, &m) != nil {
		return m, a, s.foreign(a).error(a, s.place, g.identity)
	}
	return m, a, nil
}

// detect completes a grant: it finds out the engine's version where the setting
// leaves it open.
func (s *store) detect(ctx context.Context, g *grant) *providers.Error {
	if g.kv = s.kv; s.kv == "" {
		g.kv = "2"
	}
	if s.kv != auto {
		return nil
	}
	m, a, err := s.lookUpMount(ctx, g)
	if err != nil {
		err.Identity = g.identity
		return err
	}
	if v, ok := s.common(a); ok {
		return v.error(a, s.place, g.identity)
	}
	switch {
	case a.status == http.StatusOK && m.Type == "kv":
		g.kv = m.version()
		return nil
	case a.status == http.StatusOK:
		return notKV(s.mount).error(a, s.place, g.identity)
	case says(a, "namespace not found"):
		return noNamespace().error(a, s.place, g.identity)
	case refused(a) && unknownToken(a):
		return s.badToken().error(a, s.place, g.identity)
	case refused(a):
		return verdict{
			code: providers.PermissionDenied, message: fmt.Sprintf("the version of the engine at %q is not told to this token", s.mount),
			hint: "set " + keyKV + " to 1 or 2; a token that may do nothing below a mount is not told, and nobody is when nothing is mounted there",
		}.error(a, s.place, g.identity)
	}
	return s.foreign(a).error(a, s.place, g.identity)
}

func notKV(mount string) verdict {
	return verdict{
		code: providers.Config, message: fmt.Sprintf("the engine at %q is not a key-value engine", mount),
		hint: "check " + keyMount,
	}
}
