package arrows_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// allowed is the table of arrows: which packages of ours each package may
// import, not counting its tests. A name that ends in /* stands for everything
// below. Imports go one way: what reads the document knows no store, what asks
// the stores knows no document, and a store knows the contract and no other
// store.
//
// A package that is missing here fails the test: adding a line is a decision
// about the design, to be made where reviewers see it.
var allowed = map[string][]string{
	"cmd/om-secret-exec": {"internal/*"},
	"bench":              {},
	"bench/*":            {},
	"internal/arrows":    {},
	"internal/testenv":   {},

	"internal/check":    {"internal/workflow", "internal/settings", "internal/reference", "internal/secretid", "internal/fernet", "internal/providers", "internal/typo"},
	"internal/delivery": {},
	"internal/protocol": {"internal/reference", "internal/providers"},
	"internal/resolver": {"internal/reference", "internal/providers"},
	"internal/secretid": {"internal/providers"},
	"internal/settings": {"internal/airflowcfg", "internal/envloader", "internal/providers", "internal/typo"},
	"internal/workflow": {"internal/reference", "internal/providers"},

	"internal/airflowcfg": {},
	"internal/envloader":  {},
	"internal/fernet":     {"internal/providers"},
	"internal/reference":  {"internal/providers"},
	"internal/typo":       {},

	"internal/providers":         {},
	"internal/providers/file":    {"internal/providers", "internal/fernet", "internal/typo"},
	"internal/providers/gate":    {"internal/providers"},
	"internal/providers/rest":    {"internal/providers"},
	"internal/providers/aws":     {"internal/providers", "internal/providers/gate", "internal/providers/rest"},
	"internal/providers/azurekv": {"internal/providers", "internal/providers/gate", "internal/providers/rest"},
	"internal/providers/gcp":     {"internal/providers", "internal/providers/gate", "internal/providers/rest"},
	// The fakes that tests run the stores against.
	"internal/providers/azurekv/azuretest": {},
	"internal/providers/gcp/gcptest":       {},
	"internal/providers/kubernetes":        {"internal/providers", "internal/providers/gate", "internal/providers/rest"},
	"internal/providers/openbao":           {"internal/providers", "internal/providers/gate", "internal/providers/rest"},
}

// foreign says which packages of ours may import a module of somebody else's.
// Modules that are not named are free.
var foreign = map[string][]string{
	"github.com/aws/":                  {"internal/providers/aws"},
	"github.com/Azure/":                {"internal/providers/azurekv"},
	"k8s.io/":                          {"internal/providers/kubernetes"},
	"golang.org/x/oauth2":              {"internal/providers/gcp"},
	"github.com/fernet/":               {"internal/fernet"},
	"github.com/kelseyhightower/":      {"internal/envloader"},
	"github.com/spf13/":                {"cmd/om-secret-exec"},
	"go.yaml.in/yaml/":                 {"internal/workflow", "internal/check", "internal/providers/file"},
	"gopkg.in/ini.v1":                  {"internal/airflowcfg"},
	"golang.org/x/crypto/x509roots/":   {"internal/providers/rest"},
	"github.com/rogpeppe/go-internal/": {},
	"github.com/google/go-cmp/":        {},
	"github.com/santhosh-tekuri/":      {},
}

// ignorant says what a package may not depend on, not even through others.
var ignorant = map[string][]string{
	// The contract is a leaf: the standard library only.
	"internal/providers": {"."},
	// The resolver knows no YAML and no SDK.
	"internal/resolver": {"go.yaml.in/", "gopkg.in/", "github.com/aws/", "github.com/Azure/", "k8s.io/", "cloud.google.com/", "golang.org/x/oauth2"},
	// The document knows no store.
	"internal/workflow": {"github.com/aws/", "github.com/Azure/", "k8s.io/", "cloud.google.com/", "golang.org/x/oauth2", "net/http"},
	// These double start-up and size when they slip in.
	"cmd/om-secret-exec": {"google.golang.org/grpc", "k8s.io/client-go/kubernetes", "html/template", "om-secret-exec/internal/testenv"},
}

func TestArrows(t *testing.T) {
	for path, pkg := range listing(t) {
		if !pkg.ours() {
			continue
		}
		name := pkg.name()
		may, known := lookUp(name)
		if !known {
			t.Errorf("package %s has no line in the table of arrows", name)
		}
		for _, imported := range pkg.Imports {
			target, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, target) }) {
				t.Errorf("%s imports %s: the table of arrows does not allow it", path, imported)
			}
			if target == "internal/testenv" {
				t.Errorf("%s imports %s outside of a test", path, imported)
			}
		}
	}
}

func TestForeignModules(t *testing.T) {
	for path, pkg := range listing(t) {
		if !pkg.ours() {
			continue
		}
		for _, imported := range pkg.Imports {
			for prefix, users := range foreign {
				if strings.HasPrefix(imported, prefix) && !slices.Contains(users, pkg.name()) {
					t.Errorf("%s imports %s, which is for %v only", path, imported, users)
				}
			}
		}
	}
}

func TestIgnorance(t *testing.T) {
	packages := listing(t)
	for name, banned := range ignorant {
		pkg, ok := packages[module+"/"+name]
		if !ok {
			t.Errorf("there is no package %s; its rule would hold of nothing", name)
		}
		for _, dep := range pkg.Deps {
			for _, prefix := range banned {
				if bans(prefix, dep) {
					t.Errorf("%s depends on %s, by %s", name, dep, chain(packages, pkg.ImportPath, dep))
				}
			}
		}
	}
}

// The table must not outlive the packages it names: a typo in it would be a
// rule that holds of nothing.
func TestTableNamesPackages(t *testing.T) {
	packages := listing(t)
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if _, ok := packages[module+"/"+name]; !ok && !strings.HasSuffix(name, "/*") {
			t.Errorf("the table of arrows names %s, which is not a package", name)
		}
	}
}
