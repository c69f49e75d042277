//go:build integration

package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// jsonDocument makes a nested JSON object as Python's json module accepts it.
func jsonDocument(seed uint64) generated {
	g := &generator{r: rand.New(rand.NewPCG(seed, 2)), values: map[string]string{}}
	g.eol = pick(g, "\n", "\n", "\r\n")
	g.both(g.gap())
	g.object(0)
	g.both(g.gap())
	return generated{Format: "json", Source: g.src.String(), Want: g.want.String(), Env: variables, Values: g.values}
}

func (g *generator) gap() string {
	return pick(g, "", "", " ", "\t", g.eol+"  ", g.eol)
}

func (g *generator) object(depth int) {
	g.both("{" + g.gap())
	for i := range g.r.IntN(5) {
		if i > 0 {
			g.both("," + g.gap())
		}
		g.count++
		g.both(fmt.Sprintf(pick(g, `"k%d"`, `"secret:k%d"`, `"\u00e9%d"`, `"ü${A}%d"`), g.count))
		g.both(g.gap() + ":" + g.gap())
		g.jsonValue(depth)
		g.both(g.gap())
	}
	g.both("}")
}

func (g *generator) jsonValue(depth int) {
	switch {
	case depth < 4 && g.chance(20):
		g.object(depth + 1)
	case depth < 4 && g.chance(20):
		g.both("[" + g.gap())
		for i := range g.r.IntN(4) {
			if i > 0 {
				g.both("," + g.gap())
			}
			g.jsonValue(depth + 1)
			g.both(g.gap())
		}
		g.both("]")
	case g.chance(15):
		g.both(pick(g, "1", "-1.5e3", "true", "null", "NaN", "-Infinity", "12345678901234567890123", `"\ud800"`, `"\ud83d\ude00"`, `"\ud800 ${NOPE} ${A}"`))
	default:
		g.jsonString(g.text())
	}
}

func (g *generator) jsonString(s scalar) {
	value := s.value()
	text := strings.NewReplacer("\n", `\n`, "é", pick(g, "é", `\u00e9`), "/", pick(g, "/", `\/`), "b", pick(g, "b", `\u0062`)).Replace(value)
	if s.isRef || !s.isLive() {
		g.emit(s, value, `"`+text+`"`, "", "")
		return
	}
	// A rewritten string keeps its other escapes.
	g.src.WriteString(`"` + text + `"`)
	g.want.WriteString(`"` + strings.ReplaceAll(expanded(text), "$", `\u0024`) + `"`)
}
