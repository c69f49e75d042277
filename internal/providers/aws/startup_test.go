package aws

import (
	"os/exec"
	"strings"
	"testing"
)

// Every package below is linked into the program and set up before main. The
// table of SSM's schemas alone takes longer than the whole program may.
func TestNoSchemasOfSSM(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	if !strings.Contains(string(out), "/service/ssm\n") {
		t.Error("go list -deps does not name the SSM package")
	}
	if strings.Contains(string(out), "/service/ssm/schemas\n") {
		t.Error("the SSM package has its table of schemas again: keep its version at v1.79.3, see the package comment")
	}
}
