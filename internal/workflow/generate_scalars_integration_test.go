//go:build integration

package workflow_test

import (
	"fmt"
	"strings"
)

// inline writes a plain or quoted scalar, over several lines where it has
// blanks. Continuation lines are deeper than indent.
func (g *generator) inline(s scalar, indent int, styles ...string) {
	style := pick(g, styles...)
	var b strings.Builder
	b.WriteString(style)
	for i, w := range s.words {
		if style == `"` && !strings.Contains(w, "$") && g.chance(30) {
			w = strings.NewReplacer("a", `\x61`, "ec", "e\\"+g.eol+"\t c", "e", `\u0065`, "é", `\xe9`, "/", `\/`).Replace(w)
		}
		b.WriteString(w)
		if i == len(s.seps) {
			break
		}
		pad := strings.Repeat(" ", indent+1+g.r.IntN(3))
		switch {
		case s.seps[i] == "\n":
			b.WriteString(pick(g, "", " ") + g.eol + pick(g, "", "  ") + g.eol + pad)
		case g.chance(50):
			b.WriteString(" ")
		default:
			b.WriteString(pick(g, "", " ", map[bool]string{true: "  ", false: "\t"}[style == ""]) + g.eol + pad)
		}
	}
	b.WriteString(style)
	g.emit(s, s.value(), b.String(), "", "")
}

// block writes a literal or folded scalar and the line end after it.
func (g *generator) block(s scalar, indent int) {
	extra := 1 + g.r.IntN(4)
	style, chomp := pick(g, "|", ">"), pick(g, "", "-", "+")
	head := style + pick(g, chomp, chomp+fmt.Sprint(extra), fmt.Sprint(extra)+chomp)
	comment := pick(g, "", "", " # h ${A}", "  ")
	pad := g.eol + strings.Repeat(" ", indent+extra)
	tail := ""
	if !s.isRef && g.chance(30) {
		tail = g.eol // an empty first line, which is part of the value
	}
	value := strings.TrimPrefix(tail, "\r")
	for i, w := range s.words {
		if i == 0 {
			w = pad + w
		}
		tail += w
		value += s.words[i]
		if i == len(s.seps) {
			break
		}
		switch {
		case style == "|" && s.seps[i] == "\n":
			tail += pad
		case style == ">" && s.seps[i] == "\n":
			tail += g.eol + pad
		case style == ">" && g.chance(50):
			tail += pad
		default:
			tail += " "
		}
		value += s.seps[i]
	}
	blankLines := g.r.IntN(3) / 2
	switch chomp {
	case "":
		value += "\n"
	case "+":
		value += strings.Repeat("\n", 1+blankLines)
	}
	g.emit(s, value, head, comment, tail)
	g.both(g.eol + strings.Repeat(g.eol, blankLines))
}

// flow writes a flow collection.
func (g *generator) flow(indent, depth int) {
	mapping := g.chance(50)
	g.both(map[bool]string{true: "{", false: "["}[mapping])
	for i := range g.r.IntN(4) {
		if i > 0 {
			g.both(",")
		}
		g.both(pick(g, "", " ", g.eol+strings.Repeat(" ", indent+1), " # f"+g.eol+strings.Repeat(" ", indent+1)))
		if mapping {
			g.count++
			g.both(fmt.Sprintf(pick(g, `"f%d":`, `"f%d": `, "f%d: ", "'f%d' : "), g.count))
		}
		if depth < 3 && g.chance(20) {
			g.flow(indent, depth+1)
			continue
		}
		s := g.text()
		styles := []string{"'", `"`}
		if !strings.Contains(s.value(), "?") && !strings.Contains(s.value(), "NOPE") && !strings.Contains(s.value(), "LIVE2") {
			styles = append(styles, "") // PyYAML ends a plain scalar at ? and braces here
		}
		g.inline(s, indent, styles...)
	}
	g.both(pick(g, "", " ", g.eol+strings.Repeat(" ", indent+1)))
	g.both(map[bool]string{true: "}", false: "]"}[mapping])
}
