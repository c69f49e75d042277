package airflowcfg

import (
	"regexp"
	"strings"
)

// Airflow expands until nothing changes, and hangs when that never happens
// (A=$B with B=$A) or grows without end (X=y$X). Real chains are a few
// variables long and a few kilobytes wide.
const (
	maxRounds = 100
	maxText   = 256 << 10
)

// endless is the message for an expansion that was cut short.
const endless = "replacing $NAME and ~ in this value does not end (Airflow hangs here): look for a variable that leads back to itself"

// variableRef is what os.path.expandvars replaces. There is no way to escape
// a dollar sign, and ${NAME-x} is a variable of that odd name.
var variableRef = regexp.MustCompile(`\$(?:[A-Za-z0-9_]+|\{[^}]*\})`)

// expander is Airflow's expand_env_var in an environment.
type expander struct {
	env  func(name string) (string, bool)
	home func(user string) (string, bool)
}

// expand replaces variables and a leading ~ until nothing changes. It gives
// false when that does not happen within bounds.
func (x expander) expand(s string) (string, bool) {
	for range maxRounds {
		t, ok := x.variables(s)
		if !ok {
			return "", false
		}
		t = x.user(t)
		if t == s {
			return s, true
		}
		s = t
	}
	return "", false
}

// variables is one round of os.path.expandvars: undefined variables stay as
// they are written, and inserted text is not looked at again. It gives false
// when the text grows over maxText.
func (x expander) variables(s string) (string, bool) {
	if !strings.Contains(s, "$") {
		return s, true
	}
	var b strings.Builder
	last := 0
	for _, at := range variableRef.FindAllStringIndex(s, -1) {
		name := s[at[0]+1 : at[1]]
		if name[0] == '{' {
			name = name[1 : len(name)-1]
		}
		value, ok := x.env(name)
		if !ok {
			continue
		}
		b.WriteString(s[last:at[0]])
		b.WriteString(value)
		last = at[1]
		if b.Len() > maxText {
			return "", false
		}
	}
	b.WriteString(s[last:])
	return b.String(), true
}

// user is os.path.expanduser: only a leading ~ counts, HOME wins over the user
// database when it exists, even when it is empty.
func (x expander) user(s string) string {
	if !strings.HasPrefix(s, "~") {
		return s
	}
	user, rest := s[1:], ""
	if i := strings.IndexByte(s, '/'); i >= 0 {
		user, rest = s[1:i], s[i:]
	}
	home, ok := "", false
	if user == "" {
		home, ok = x.env("HOME")
	}
	if !ok {
		home, ok = x.home(user)
	}
	if !ok {
		return s
	}
	if home = strings.TrimRight(home, "/") + rest; home == "" {
		return "/"
	}
	return home
}
