//go:build integration

package airflowcfg

import (
	"math/rand/v2"
	"strings"
)

// nasty writes random configuration files out of everything that parsers of
// this format disagree about. Most files are meant to be readable, so that
// there are values to compare.
type nasty struct {
	*rand.Rand
	b        strings.Builder
	newline  []string
	keys     []string
	sections []string
	tokens   []string
	reckless bool // names are repeated, lines are broken
}

func (n *nasty) pick(from ...string) string { return from[n.IntN(len(from))] }

func (n *nasty) chance(percent int) bool { return n.IntN(100) < percent }

// newNasty gives the writer of one file.
func newNasty(r *rand.Rand) *nasty {
	n := &nasty{Rand: r, reckless: r.IntN(4) == 0}
	n.newline = [][]string{{"\n"}, {"\n"}, {"\r\n"}, {"\r"}, {"\n", "\r\n", "\r"}}[n.IntN(5)]
	n.keys = []string{"a", "b", "c", "A", "d.e", "f-g", `"a"`, "-", "h i", "é", "#k", "k#", "x%y", "$FOO", "rem a", "k]", "j\\", "`k`"}
	n.sections = []string{"openmetadata_secrets_manager", "core", "a.b", "a", " s ", "a]b", "default", "é", "#s", "s;t"}
	n.Shuffle(len(n.keys), func(i, j int) { n.keys[i], n.keys[j] = n.keys[j], n.keys[i] })
	n.Shuffle(len(n.sections), func(i, j int) { n.sections[i], n.sections[j] = n.sections[j], n.sections[i] })
	n.tokens = []string{
		"x", "y1", "=", ":", "#", ";", " ", "  ", "\t", " # c", " ; c", "%%", "%%", "%(a)s", "%(b)s", "%(c)s", "%(d.e)s",
		"$FOO", "${BAR}", "$", "$$", "${", "}", "${FOO-x}", "$NOPE", "$1", "\\", `"`, `"""`, "'", "`", "[", "]", "é", "😀",
		"\u0085", "\u00a0", "\u2028", "\u3000", "\x1c", "\x1d", "\x1e", "\x1f", "\v", "\f", "\ufeff", "\u200b",
	}
	if n.chance(15) {
		n.tokens = append(n.tokens, "%", "%(", "%(A)s", "%(b)d", "%()s", ")s", "$LOOP", "$GROW")
	}
	// Python refuses to look up a user whose name holds a NUL.
	if n.chance(50) {
		n.tokens = append(n.tokens, "\x00")
	} else {
		n.tokens = append(n.tokens, "~", "~", "~/", "~root", "~nosuch/x", "$TILDE")
	}
	return n
}

// env is the environment that goes with the files of this writer.
func (n *nasty) env() map[string]string {
	env := map[string]string{
		"FOO": "foo", "BAR": "b$FOO", "TILDE": "~", "1": "one", "PCT": "5%x%%", "EMPTY": "", "FOO-x": "odd",
		"LOOP": "$POOL", "POOL": "$LOOP", "GROW": "y$GROW",
	}
	if n.chance(75) {
		env["HOME"] = n.pick("/h", "/h/", "", "/", "//", "rel", "$FOO/h")
	}
	return env
}

func (n *nasty) space() string {
	return n.pick("", "", "", " ", "  ", "\t", "    ", "\u00a0", "\x1c", "\f", "\u0085", " \u2003")
}

func (n *nasty) indent() string {
	return n.pick("", "", "", "", "", "", " ", "  ", "\t", "\u00a0", "\x1f", "\v", "\x1c\x1d")
}

// name takes the next unused name, or one that may have been used.
func (n *nasty) name(from *[]string, again int) string {
	if len(*from) > 1 && !n.chance(again) {
		name := (*from)[0]
		*from = (*from)[1:]
		return name
	}
	return (*from)[n.IntN(len(*from))]
}

func (n *nasty) value() string {
	var b strings.Builder
	for range n.IntN(6) {
		b.WriteString(n.pick(n.tokens...))
	}
	return b.String()
}

// file writes one file.
func (n *nasty) file() []byte {
	again := 0
	if n.reckless {
		again = 8
	}
	if n.chance(2) {
		n.b.WriteString("\ufeff")
	}
	allKeys := n.keys
	if !n.chance(2) {
		n.b.WriteString("[" + n.name(&n.sections, 0) + "]" + n.pick(n.newline...))
	}
	for range 1 + n.IntN(14) {
		n.line(allKeys, again)
		n.b.WriteString(n.pick(n.newline...))
	}
	data := []byte(n.b.String())
	if n.chance(2) { // Python reads such a file in several pieces
		padding := strings.Repeat("#"+strings.Repeat("x", n.IntN(100))+n.pick(n.newline...), 150)
		data = append(data, padding+n.value()...)
	}
	if n.chance(3) {
		data[n.IntN(len(data))] = byte(0x80 + n.IntN(0x80))
	}
	if n.chance(1) {
		data = append(data, n.pick("\xc3", "\xe2\x82", "\xed\xa0", "\xf0\x9f\x98", "\xff")...)
	}
	return data
}

func (n *nasty) line(allKeys []string, again int) {
	switch kind := n.IntN(20); {
	case kind < 10:
		n.b.WriteString(n.indent() + n.name(&n.keys, again) + n.space() + n.pick("=", "=", ":") + n.space() + n.value() + n.space())
	case kind < 14:
		n.b.WriteString(n.pick(" ", "  ", "\t", "\u00a0", "\x1e", "   \f") + n.value())
	case kind < 15:
		n.b.WriteString(n.indent() + n.pick("#", ";", "# a = 1", ";[s]") + n.value())
	case kind < 17:
		n.b.WriteString(n.indent() + n.space())
	case kind < 19:
		if section := n.section(again); section != "" {
			n.keys = append([]string(nil), allKeys...)
			n.b.WriteString(n.pick("", "", "", " ") + "[" + section + "]" + n.pick("", "", " # c", " x = 1", "]", " ]"))
		}
	case n.reckless && n.chance(30):
		n.b.WriteString(n.indent() + n.pick("bare", "[]", "= 1", ":", "[", "[s", "]", n.value()))
	}
}

// section is mostly an unused name, sometimes DEFAULT; its keys may collide
// with those of an earlier DEFAULT, which is wanted.
func (n *nasty) section(again int) string {
	if n.chance(20) {
		return defaultSection
	}
	if len(n.sections) == 1 && again == 0 {
		return ""
	}
	return n.name(&n.sections, again)
}
