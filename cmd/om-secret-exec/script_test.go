package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"om-secret-exec/internal/testenv"
)

var update = flag.Bool("update", false, "rewrite the golden texts inside the scripts")

// asProgram in a test binary's environment makes it be the program itself, for
// tests that must hold the process in their hands.
const asProgram = "OM_SECRET_EXEC_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(testenv.Tests{M: m}, map[string]func(){"om-secret-exec": main})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params("testdata/script"))
}

// params are the rules for all scripts: a home of their own, no cloud but what
// the script names, and no metadata service.
func params(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"sh":       shell,
			"responds": responds,
		},
		Setup: func(env *testscript.Env) error {
			silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts by the kernel's backlog, never answers
			if err != nil {
				return err
			}
			env.Defer(func() { silent.Close() })
			denying := httptest.NewServer(http.HandlerFunc(deny))
			env.Defer(denying.Close)
			env.Setenv("DENYING", denying.URL)
			env.Setenv("DENYING6", strings.Replace(denying.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			env.Setenv("SILENT", "http://"+silent.Addr().String())
			env.Setenv("NOBODY", "http://127.0.0.1:1")
			return nil
		},
	}
}

// deny answers as IAM does. Its message quotes what nobody may print.
func deny(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Amzn-Requestid", "11111111-2222-3333-4444-555555555555")
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprint(w, `{"__type": "AccessDeniedException", "Message": "User: S3NTINEL is not authorized to perform"}`)
}

// exits is the script command `exits CODE CMD [ARG...]`: testscript itself can
// tell success from failure only, and our exit codes are a promise.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE CMD [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", args[1], got, want)
	}
}

// shell is the script command `sh SCRIPT`, for redirections and pipes.
func shell(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("sh", append([]string{"-c"}, args...)...)
	if (err != nil) != neg {
		ts.Fatalf("sh: unexpected result: %v", err)
	}
}
