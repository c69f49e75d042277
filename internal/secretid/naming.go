package secretid

import (
	"fmt"
	"strings"
)

// The most characters of a name, by the stores' documentation. The server does
// not look at them, except for Kubernetes, where it cuts.
const (
	maxSecret    = 512
	maxParameter = 1011
	maxLevels    = 15
	maxVault     = 127
	maxGoogle    = 255
	maxObject    = 253
)

// naming is one way in which servers name secrets.
type naming struct {
	provider, variant string
	separator         string
	leading           bool   // the separator comes first, too
	replacement       string // of characters that are not allowed
	others            string // allowed besides letters and digits
	dashes            bool   // runs of dashes become one, those at the ends go
	// objects gives the name of the object for an id; nil where they are one.
	objects func(id string) string
	// flaw says why the store cannot hold a secret of this id, or nothing.
	flaw func(id string) string
}

func namings() []naming {
	slashes := naming{separator: "/", leading: true, replacement: "_", others: "/_-"}
	with := func(n naming, provider, variant string, flaw func(string) string) naming {
		n.provider, n.variant, n.flaw = provider, variant, flaw
		return n
	}
	older := slashes
	older.objects = objectName
	return []naming{
		with(slashes, "aws", "", longerThan(maxSecret)),
		with(slashes, "aws-ssm", "", parameterFlaw),
		with(naming{separator: "-", others: "-"}, "azure-kv", "", longerThan(maxVault)),
		with(naming{separator: "_", others: "_"}, "gcp", "", longerThan(maxGoogle)),
		with(objectNaming(), "kubernetes", "servers since February 2026", emptyFlaw),
		with(older, "kubernetes", "servers before February 2026", olderFlaw),
		with(slashes, "openbao", "", pathFlaw),
	}
}

func objectNaming() naming {
	return naming{separator: "-", replacement: "-", others: "-", dashes: true}
}

func longerThan(most int) func(string) string {
	return func(id string) string {
		if len(id) > most {
			return fmt.Sprintf("the store takes names of at most %d characters, and this has %d: the server fails to store the secret", most, len(id))
		}
		return emptyFlaw(id)
	}
}

func emptyFlaw(id string) string {
	if id == "" {
		return "nothing is left of the names, and a secret needs one"
	}
	return ""
}

// parameterFlaw holds ids to Parameter Store's rules for names with levels.
func parameterFlaw(id string) string {
	levels := strings.Count(id, "/")
	switch {
	case levels > 0 && id[0] != '/':
		return "Parameter Store refuses names with levels that do not start with a slash: the server fails to store the secret"
	case levels > maxLevels:
		return fmt.Sprintf("Parameter Store takes names of at most %d levels, and this has %d: the server fails to store the secret", maxLevels, levels)
	}
	return longerThan(maxParameter)(id)
}

// pathFlaw holds ids to what a path can be in the URLs of OpenBao.
func pathFlaw(id string) string {
	if strings.Contains(strings.TrimLeft(id, "/"), "//") || strings.HasSuffix(id, "/") {
		return "a path in OpenBao has no empty name between slashes: what is stored under this one cannot be relied on"
	}
	return ""
}

func olderFlaw(id string) string {
	if len(id) > maxObject {
		return fmt.Sprintf("the server cut the object's name after %d characters, and om-secret-exec refuses such references: save the service again with a current server", maxObject)
	}
	return emptyFlaw(objectName(id))
}

// objectName is what older servers made of an id with slashes.
func objectName(id string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(id))
	return cutName(trimDashes(name))
}
