package check

import (
	"slices"
	"strings"

	"om-secret-exec/internal/workflow"
)

// ignoring is a comment that leaves findings out.
type ignoring struct {
	comment workflow.Comment
	line    int // that it is about
	codes   []string
	used    []bool
}

// ignores takes out what comments ignore, and reports comments that do not.
func (l *lint) ignores() {
	list := l.ignorings()
	kept := l.findings[:0:0]
	for _, f := range l.findings {
		if !ignored(list, f) {
			kept = append(kept, f)
		}
	}
	l.findings = kept
	for _, g := range list {
		for i, used := range g.used {
			if used || l.notLookedFor(g.codes[i]) {
				continue
			}
			message, fix := g.codes[i]+" is not found on the line that the comment is about", "remove the code from the comment"
			if _, known := ruleOf()[g.codes[i]]; !known {
				message, fix = "there is no rule of this code", "write a code such as OMS101; docs/check.md lists them"
			}
			l.add(ignoreUnused, g.comment.Pos, "", message, fix)
		}
	}
}

// notLookedFor tells that a code may be found by another run on the same text, so
// that a comment that names it is not idle: with other flags, another
// environment, or at another time.
func (l *lint) notLookedFor(code string) bool {
	if _, known := ruleOf()[code]; !known {
		return false
	}
	switch code {
	case refExtended, notUpstream:
		return !l.in.Portable
	case fernetNoKey, fernetToken, variableUnset, variableInside, variableTwice,
		refID, refNoStore, providerUnknown, loaderUnknown:
		return true // what is set or chosen here need not be where it runs
	case Absent:
		return !l.in.Asked
	}
	return isOnline(code) // as the store and the question are
}

func ignored(list []ignoring, f Finding) bool {
	hit := false
	for _, g := range list {
		if g.line != f.Pos.Line {
			continue
		}
		for i, code := range g.codes {
			if code == f.Code {
				g.used[i], hit = true, true
			}
		}
	}
	return hit
}

// ignorings reads the comments. One that stands alone is about the next line
// that is not a comment as well.
func (l *lint) ignorings() []ignoring {
	var list []ignoring
	comments := l.doc.Comments()
	alone := map[int]bool{}
	for _, c := range comments {
		alone[c.Pos.Line] = c.Alone
	}
	for _, c := range comments {
		text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(c.Text, "#")), "om-secret-exec:")
		if !ok {
			continue
		}
		codes, ok := codesIn(strings.TrimSpace(text))
		if !ok {
			l.add(ignoreMalformed, c.Pos, "", "the comment does not say which findings to ignore", "write `# om-secret-exec: ignore[OMS101]`, several codes separated by commas")
			continue
		}
		line := c.Pos.Line
		for alone[line] {
			line++
		}
		list = append(list, ignoring{comment: c, line: line, codes: codes, used: make([]bool, len(codes))})
	}
	return list
}

// codesIn reads `ignore[CODE, CODE]`; what follows is a remark.
func codesIn(text string) ([]string, bool) {
	rest, ok := strings.CutPrefix(text, "ignore[")
	inside, _, closed := strings.Cut(rest, "]")
	if !ok || !closed {
		return nil, false
	}
	var codes []string
	for code := range strings.SplitSeq(inside, ",") {
		if code = strings.TrimSpace(code); code != "" {
			codes = append(codes, code)
		}
	}
	return slices.Compact(codes), len(codes) > 0
}
