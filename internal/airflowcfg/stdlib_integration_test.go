//go:build integration

package airflowcfg

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"om-secret-exec/internal/testenv"
)

// stdlibCase is a generated file; stdlibAnswer is what CPython makes of it.
type stdlibCase struct {
	Config []byte            `json:"cfg"`
	Env    map[string]string `json:"env"`
}

type stdlibAnswer struct {
	Error    string       `json:"error"`
	Sections []string     `json:"sections"`
	Values   [][4]*string `json:"values"`
}

// TestStdlib compares generated files with CPython: values, and kinds of
// errors.
func TestStdlib(t *testing.T) {
	files := 2_000
	if os.Getenv("OMSE_CAMPAIGN") == "1" {
		files = 200_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d files, seed %d", files, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const batch = 2_000
	good, values := 0, 0
	for done := 0; done < files; done += batch {
		cases := make([]stdlibCase, batch)
		for i := range cases {
			n := newNasty(random)
			cases[i] = stdlibCase{n.file(), n.env()}
		}
		answers := askPython[stdlibCase, stdlibAnswer](t, testenv.Python(t, "plain"), "stdlib_eval.py", cases)
		for i, c := range cases {
			compareStdlib(t, c, answers[i])
			values += len(answers[i].Values)
			if answers[i].Error == "" {
				good++
			}
		}
		if t.Failed() {
			t.Fatalf("differences from CPython; seed %d", seed)
		}
	}
	t.Logf("%d of %d files readable, %d values", good, files, values)
	if good < files/3 {
		t.Errorf("only %d of %d generated files are readable, want at least a third; seed %d", good, files, seed)
	}
}

func compareStdlib(t *testing.T, c stdlibCase, want stdlibAnswer) {
	t.Helper()
	table, err := parse("airflow.cfg", c.Config)
	if got := exception(t, err); got != want.Error {
		t.Errorf("parse(%q) gives error %q (%v), CPython %q", c.Config, got, err, want.Error)
		return
	}
	if err != nil {
		return
	}
	if got := table.sections(); !slices.Equal(got, want.Sections) {
		t.Errorf("sections of %q = %q, CPython %q", c.Config, got, want.Sections)
	}
	config := &Config{table: table, expander: expander{env: lookupIn(c.Env), home: passwdHome}}
	for _, v := range want.Values {
		k := key{*v[0], *v[1]}
		got, _, ok, err := config.fromFile(k)
		if !ok {
			t.Errorf("%q has no %q, CPython has", c.Config, k)
			continue
		}
		if raised := exception(t, err); raised != text(v[3]) {
			t.Errorf("%q in %q with %q gives error %q, CPython %q", k, c.Config, c.Env, raised, text(v[3]))
		} else if got != text(v[2]) {
			t.Errorf("%q in %q with %q = %q, CPython %q", k, c.Config, c.Env, got, text(v[2]))
		}
	}
}

// text is s, or "" for JSON's null.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
