package check

import (
	"cmp"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/workflow"
)

// lint is one document being checked.
type lint struct {
	in     Input
	doc    *workflow.Document
	server workflow.Server
	nodes  []workflow.Node
	// unsettled are the places of scalars with a variable that is not set here:
	// what they hold where the workflow runs cannot be judged. Who asks the
	// stores from here has them judged as they are.
	unsettled map[workflow.Position]bool
	findings  []Finding
}

// Document checks one document. Findings come in document order, those left out
// that a comment of the document ignores. A document that cannot be read is one
// finding.
func Document(in Input) []Finding {
	if in.Document.Env == nil {
		in.Document.Env = func(string) (string, bool) { return "", false }
	}
	l := &lint{in: in, unsettled: map[workflow.Position]bool{}}
	doc, err := workflow.Parse(in.Document)
	if err != nil {
		l.unreadable(err)
		return l.findings
	}
	l.doc, l.server, l.nodes = doc, doc.Server(), doc.Nodes()
	for _, n := range l.nodes {
		if !in.Asked && slices.ContainsFunc(n.Variables, isUnset) {
			l.unsettled[n.Pos] = true
		}
	}
	l.warnings()
	l.references()
	l.lookAlikes()
	l.values()
	l.settings()
	l.findings = append(l.findings, in.Found...)
	l.ignores()
	l.sort()
	return l.findings
}

// add reports a rule at a place.
func (l *lint) add(code string, pos workflow.Position, path, message, fix string) {
	l.findings = append(l.findings, New(code, pos, shownPath(path), message, fix))
}

// shownPath cuts a path before a key that holds a reference with options: one of
// them may be a default=.
func shownPath(path string) string {
	i := strings.Index(path, "secret:")
	if i < 0 || !strings.Contains(path[i:], "?") {
		return path
	}
	return path[:max(0, strings.LastIndex(path[:i], `["`))]
}

// New makes a finding of a rule, which has to be one of [Rules].
func New(code string, pos workflow.Position, path, message, fix string) Finding {
	return Finding{Rule: ruleOf()[code], Pos: pos, Path: path, Message: message, Fix: fix}
}

// at reports a rule at a node.
func (l *lint) at(code string, n workflow.Node, message, fix string) {
	l.add(code, n.Pos, n.Path, message, fix)
}

func (l *lint) sort() {
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), strings.Compare(a.Code, b.Code))
	})
}

// warnings takes over what the parser noticed.
func (l *lint) warnings() {
	codes := map[workflow.Slip]string{
		workflow.DuplicateKey: duplicateKey, workflow.TrailingBreak: refBreak, workflow.LiveVariable: variableTwice,
	}
	for _, w := range l.doc.Warnings() {
		l.add(codes[w.Slip], w.Pos, w.Path, w.Message, w.Hint)
	}
}

// provider is the name of the provider in effect; "" when there is none.
func (l *lint) provider() string {
	if l.in.Provider != "" {
		return l.in.Provider
	}
	return l.ownProvider()
}

// ownProvider is the one that the document itself names.
func (l *lint) ownProvider() string {
	if p := l.server.Provider; p != nil && !p.Null {
		return p.Value
	}
	return ""
}

// kind is the store of a provider's name, or nil.
func (l *lint) kind(name string) *providers.Kind {
	for i := range l.in.Kinds {
		if slices.Contains(l.in.Kinds[i].Names, name) {
			return &l.in.Kinds[i]
		}
	}
	return nil
}

// storeless tells whether a provider's name means that there is no store.
func storeless(provider string) bool {
	return slices.Contains([]string{"", "db", "noop", "local"}, provider)
}
