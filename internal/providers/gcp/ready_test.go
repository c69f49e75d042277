package gcp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/providers/gcp/gcptest"
)

// What a credentials file points to and is not there is a matter of the settings,
// also behind an impersonation.
func TestMissingSources(t *testing.T) {
	w := newWorld(t)
	t.Setenv(variableExecutables, "1")
	plain := filepath.Join(t.TempDir(), "not-executable")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(command string) map[string]any {
		return map[string]any{"executable": map[string]any{"command": command}}
	}
	for want, source := range map[string]map[string]any{
		`the program "/nowhere/program" of`:     run("/nowhere/program --audience x"),
		`the program "no-such-program-here" of`: run("no-such-program-here"),
		`the program "` + plain + `" of`:        run(plain),
		"names no program":                      run(" "),
		"/nowhere/token":                        {"file": "/nowhere/token"},
	} {
		direct := gcptest.External("", "")
		direct["credential_source"] = source
		behind := map[string]any{
			"type": typeImpersonated, "source_credentials": direct,
			"service_account_impersonation_url": gcptest.External("", gcptest.Reader)["service_account_impersonation_url"],
		}
		for _, file := range []map[string]any{direct, behind} {
			st := w.open(t, keyFile, gcptest.Write(t, "f.json", file), variableExecutables, "1", keyProject, gcptest.Project)
			_, err := read(t, st, "db", "")
			if err == nil || err.Code != providers.Config || !strings.Contains(err.Message, want) || err.Identity == "" {
				t.Errorf("Read() with a %s = %+v, want CONFIG with %q", file["type"], err, want)
			}
		}
	}
	if asked := w.asked(t); asked != "" {
		t.Errorf("requests:\n%s\nwant none", asked)
	}
}
