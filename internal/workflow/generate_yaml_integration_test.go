//go:build integration

package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// yamlDocument makes a nested YAML document in all styles.
func yamlDocument(seed uint64) generated {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), values: map[string]string{}}
	g.eol = pick(g, "\n", "\n", "\n", "\r\n")
	g.both(pick(g, "", "", "", "\ufeff"))
	g.both(pick(g, "", "", "# head ${A}"+g.eol, "%YAML 1.1"+g.eol+"---"+g.eol, "---"+g.eol))
	g.blockMapping(0, 0)
	g.both("end: 1")
	g.both(pick(g, "", g.eol, g.eol+"..."+g.eol, " # e", g.eol+g.eol))
	return generated{Format: "yaml", Source: g.src.String(), Want: g.want.String(), Env: variables, Values: g.values}
}

// lineEnd ends a line, now and then with a comment, and adds lines that mean
// nothing.
func (g *generator) lineEnd() {
	g.both(pick(g, "", "", "", "  ", " # c", "   # secret:c $A ${A}", " # \"${NOPE}"))
	g.both(g.eol)
	for g.chance(12) {
		g.both(pick(g, "", "   ", "# secret:comment", "      # deep ${A}", "# a\u2028# b") + g.eol)
	}
}

func (g *generator) blockMapping(indent, depth int) {
	pad := strings.Repeat(" ", indent)
	for i := range 1 + g.r.IntN(4) {
		if i > 0 || depth == 0 {
			g.both(pad)
		}
		g.key()
		g.blockValue(indent, depth)
	}
}

func (g *generator) key() {
	g.count++
	k := fmt.Sprintf(pick(g, "k%d", "key-%d", "'q %d'", `"d %d"`, "ü%d", "secret:k%d", "${A}%d"), g.count)
	switch {
	case g.chance(4):
		k = "dup"
	case g.chance(3):
		g.both("? " + k)
		g.lineEnd()
		// The explicit value's colon must stand below the question mark.
		line := g.src.String()
		line = line[:strings.LastIndex(line, "? "+k)]
		line = line[strings.LastIndexAny(line, "\n\u2028")+1:]
		g.both(strings.Repeat(" ", len([]rune(strings.TrimPrefix(line, "\ufeff")))) + ":")
		return
	}
	g.both(k + pick(g, ":", ":", " :"))
}

// properties writes an anchor, a tag, both or none, and says whether a `!` that
// goes with a substituted scalar was among them.
func (g *generator) properties(s scalar, parts ...string) {
	for _, p := range parts {
		if p == "! " && (s.isRef || s.isLive()) {
			g.src.WriteString(p)
			g.want.WriteString(" ")
			continue
		}
		g.both(p)
	}
}

func (g *generator) randomProperties(s scalar, indent int) {
	gap := pick(g, " ", " ", " ", " # p"+g.eol+strings.Repeat(" ", indent+2))
	tag := pick(g, "!!str", "!<tag:yaml.org,2002:str>", "!")
	if tag == "!" && !s.isRef && !s.isLive() {
		tag = "!!str" // `!` lets each parser resolve by looks
	}
	g.count++
	anchor := fmt.Sprintf("&n%d", g.count)
	switch g.r.IntN(12) {
	case 0:
		g.properties(s, anchor+gap)
	case 1:
		g.properties(s, tag+" ")
	case 2:
		g.properties(s, anchor+gap, tag+" ")
	case 3:
		g.properties(s, tag+" ", anchor+" ")
	default:
		return
	}
	if !strings.HasPrefix(tag, "&") && strings.Contains(g.src.String()[max(0, g.src.Len()-60):], anchor) {
		g.anchors = append(g.anchors, anchor[1:])
	}
}

// blockValue writes what follows a key's colon or an item's dash at indent.
func (g *generator) blockValue(indent, depth int) {
	switch {
	case depth < 4 && g.chance(25):
		g.lineEnd()
		inner := indent + 1 + g.r.IntN(4)
		g.both(strings.Repeat(" ", inner))
		g.blockMapping(inner, depth+1)
		return
	case depth < 4 && g.chance(20):
		g.lineEnd()
		g.blockSequence(indent+1+g.r.IntN(4), depth+1)
		return
	case g.chance(15):
		g.both(" ")
		g.flow(indent, 0)
		g.lineEnd()
		return
	case len(g.anchors) > 0 && g.chance(8):
		g.both(" *" + pick(g, g.anchors...))
		g.lineEnd()
		return
	case g.chance(5):
		g.both(pick(g, "", " 12", " ~", " 1.5"))
		g.lineEnd()
		return
	}
	s := g.text()
	g.both(pick(g, " ", " ", "  "))
	g.randomProperties(s, indent)
	if g.chance(40) {
		g.block(s, indent)
		return
	}
	g.inline(s, indent, "", "'", `"`)
	g.lineEnd()
}

func (g *generator) blockSequence(indent, depth int) {
	pad := strings.Repeat(" ", indent)
	for range 1 + g.r.IntN(3) {
		g.both(pad + "-")
		if depth < 4 && g.chance(20) {
			g.both("   ")
			g.blockMapping(indent+4, depth+1)
			continue
		}
		g.blockValue(indent, depth)
	}
}
