//go:build integration

package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generated is a random document and what must become of it. The generator
// writes the expected result beside the source, so it knows where every
// replaced byte is without asking the code under test.
type generated struct {
	Format string            `json:"format"`
	Source string            `json:"source"`
	Want   string            `json:"-"`
	Out    string            `json:"out"`
	Env    map[string]string `json:"env"`
	Values map[string]string `json:"values"`
}

// variables are the environment of every generated document. LIVE and LIVE2
// hold variables, so a second expansion changes what they gave; SELF holds
// itself, so it does not; NOPE is not set.
var variables = map[string]string{
	"A": "alpha", "U": "ü\U0001f600", "EMPTY": "", "LIVE": "$A", "LIVE2": "x${A}y", "SELF": "$SELF",
}

// expanded is os.path.expandvars for the forms that the generator writes.
func expanded(s string) string {
	return strings.NewReplacer("$A ", "alpha ", "${A}", "alpha", "${U}", variables["U"], "${EMPTY}", "", "${LIVE}", "$A", "${LIVE2}", "x${A}y", "${SELF}", "$SELF").Replace(s)
}

type generator struct {
	r         *rand.Rand
	src, want strings.Builder
	eol       string
	values    map[string]string
	anchors   []string
	count     int
}

// both writes text that stays, apart from expansion.
func (g *generator) both(s string) {
	g.src.WriteString(s)
	g.want.WriteString(expanded(s))
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func pick[T any](g *generator, from ...T) T { return from[g.r.IntN(len(from))] }

// asQuoted is the form that the documentation promises, written a second time.
func asQuoted(value string) string {
	out := []byte{'"'}
	for _, r := range value {
		switch {
		case strings.ContainsRune("\n\r\t", r):
			out = append(out, map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`}[r]...)
		case r == '"', r == '\\':
			out = append(out, '\\', byte(r))
		case r == '$', r < ' ', r >= 0x7f && r < 0x10000:
			out = append(out, fmt.Sprintf("\\u%04X", r)...)
		default:
			out = append(out, string(r)...)
		}
	}
	return string(append(out, '"'))
}

// secret makes a value that something between us and the connector could trip
// over.
func (g *generator) secret() string {
	var b strings.Builder
	for range g.r.IntN(6) {
		b.WriteString(pick(g, `"`, `'`, `\`, "\r", "\n", "\r\n", "\t", "\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\u2029", "\ufeff", "\uffff",
			"\U0001f600", "${A}", "$A", "$", "---", "...", "0123", "yes", "null", "~", " ", ": ", " #", "{{ x }}", "é", "\u00a0", `\u0024`, `\n`, "%", "&a", "*a", "!t", "| ", "x"))
	}
	return b.String()
}

// scalar is a string value: words and what stands between them, a blank or a
// line break.
type scalar struct {
	words, seps []string
	isRef       bool
}

func (s scalar) value() string {
	var b strings.Builder
	for i, w := range s.words {
		b.WriteString(w)
		if i < len(s.seps) {
			b.WriteString(s.seps[i])
		}
	}
	return b.String()
}

// isLive tells that a second expansion changes the value.
func (s scalar) isLive() bool {
	return strings.Contains(s.value(), "${LIVE")
}

// text makes a random scalar, about every third a reference.
func (g *generator) text() scalar {
	var s scalar
	if g.chance(35) {
		g.count++
		s.isRef = true
		s.words = []string{pick(g, "secret:", "secret:", "fernet:") + fmt.Sprint(g.count) + pick(g, "", "/a", "#f", "/${A}", "?version=1", ":secret:x", "/é", "/\U0001f600", "-${LIVE}", "-$")}
	} else {
		s.words = []string{g.word(true)}
	}
	for g.chance(30) {
		s.seps = append(s.seps, pick(g, " ", " ", " ", "\n"))
		s.words = append(s.words, g.word(false))
	}
	return s
}

func (g *generator) word(first bool) string {
	if first && g.chance(30) {
		return pick(g, "0123", "yes", "2024-01-01", "1e3", "x${A}", "v${EMPTY}", "${NOPE}", "s$", "${LIVE}", "p${LIVE2}", "${SELF}", "host:1", "ünï", "\U0001f600", "a-b", "q${U}")
	}
	return pick(g, "a", "bc", "word", "x:y", "x#y", "é", "\u65e5\u672c", "z${A}", "n${NOPE}", "d$", "${LIVE}", "e/f", "it", "\U0001f511", "k\u00a0k")
}

// emit writes a scalar whose source has three parts: head is replaced, middle
// stays and tail goes when the scalar is substituted or rewritten.
func (g *generator) emit(s scalar, value, head, middle, tail string) {
	g.src.WriteString(head + middle + tail)
	switch {
	case s.isRef:
		secret, ok := g.values[strings.TrimRight(expanded(value), "\n")]
		if !ok {
			secret = g.secret()
			g.values[strings.TrimRight(expanded(value), "\n")] = secret
		}
		g.want.WriteString(asQuoted(secret) + expanded(middle))
	case s.isLive():
		g.want.WriteString(asQuoted(expanded(value)) + expanded(middle))
	default:
		g.want.WriteString(expanded(head + middle + tail))
	}
}
