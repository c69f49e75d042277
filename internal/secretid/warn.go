package secretid

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// warnings are what a reader of the id should know before relying on it.
func (n naming) warnings(server Server, owner Owner, field Field) []string {
	var list []string
	add := func(text string) {
		if text != "" {
			list = append(list, text)
		}
	}
	if !owner.app {
		add(n.collision("prefix", server.Prefix))
		add(n.collision("cluster", server.Cluster))
		add(n.glued(server))
		add(format(server))
		add(n.reserved(server))
		if n.provider == "openbao" {
			add(refusedAtStart(server))
		}
	}
	add(n.collision(owner.kind, owner.name))
	add(n.cut(server, owner, field))
	add(field.unstored)
	return list
}

// collision says which other names have the same id as this one.
func (n naming) collision(kind, name string) string {
	if n.objects != nil {
		n = objectNaming() // what overwrites each other is the objects
	}
	short := n.finish(n.clean(name))
	switch short {
	case name:
		return ""
	case "":
		return fmt.Sprintf("nothing of the %s name %q is left in the id: every name of such characters has the same id, and they overwrite each other's secrets", kind, name)
	}
	return fmt.Sprintf("the %s name %q becomes %q: names that differ only in %s have the same id, and they overwrite each other's secrets",
		kind, name, short, n.differences(name))
}

// differences names what gets lost of a name.
func (n naming) differences(name string) string {
	var odd, kinds []string
	seen := map[rune]bool{}
	upper := false
	for _, r := range name {
		upper = upper || unicode.IsUpper(r) && n.allows(r)
		if !n.allows(r) && !seen[r] && r != utf8.RuneError {
			odd = append(odd, strconv.Quote(string(r)))
		}
		seen[r] = true
	}
	if upper {
		kinds = append(kinds, "upper and lower case")
	}
	if len(odd) > 0 {
		kinds = append(kinds, oddText(odd, n.replacement))
	}
	if n.dashes && trimDashes(name) != name {
		kinds = append(kinds, "dashes at the ends or beside each other")
	}
	if len(kinds) == 0 { // a name that was cut, or is no text
		return "what was left out"
	}
	return strings.Join(kinds, " and ")
}

// oddText says what became of characters; it does not list a whole alphabet.
func oddText(odd []string, replacement string) string {
	const most = 6
	if len(odd) > most {
		odd = append(odd[:most:most], "others")
	}
	text := strings.Join(odd, ", ")
	if replacement == "" {
		return text + " (left out)"
	}
	return fmt.Sprintf("%s (each written as %q)", text, replacement)
}

// glued warns of the one place where there is no separator.
func (n naming) glued(server Server) string {
	if n.leading || server.Prefix == "" {
		return ""
	}
	both := server.Prefix + server.Cluster
	return fmt.Sprintf("prefix %q and cluster %q are put together without anything between: each other pair that makes %q has the same ids",
		server.Prefix, server.Cluster, both)
}

// format warns of what the server's formatting takes for a directive.
func format(server Server) string {
	if strings.Contains(server.Prefix+server.Cluster, "%") {
		return "the server cannot make ids of a prefix or cluster with % in it: choose another name"
	}
	return ""
}

// reserved warns of names that Parameter Store keeps for itself.
func (n naming) reserved(server Server) string {
	first := lower(server.Prefix)
	if first == "" {
		first = lower(server.Cluster)
	}
	if n.provider == "aws-ssm" && (strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm")) {
		return "Parameter Store refuses names that start with aws or ssm: choose another prefix"
	}
	return ""
}

// refusedAtStart is a rule that the server has for OpenBao alone.
func refusedAtStart(server Server) string {
	odd := func(r rune) bool {
		return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	}
	if strings.ContainsFunc(server.Prefix+server.Cluster, odd) {
		return "the server does not start with a prefix or cluster that has more than letters, digits, dots, underscores and dashes"
	}
	return ""
}

// cut warns of an id that the server shortened.
func (n naming) cut(server Server, owner Owner, field Field) string {
	if !n.dashes {
		return ""
	}
	n.dashes = false // and with it the cutting
	if whole := trimDashes(n.build(server, owner, field)); utf8.RuneCountInString(whole) > maxObject {
		return fmt.Sprintf("the server cuts the name after %d characters: ids that differ only behind that are the same, and they overwrite each other's secrets", maxObject)
	}
	return ""
}
