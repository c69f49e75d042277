package settings

import (
	"fmt"
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// check finds what is missing, and says what was left out on purpose.
func (m *merge) check() {
	m.warnUnread()
	for _, e := range m.entries {
		if e.Key.Required && e.Value == "" {
			m.missing(Missing, e, "the store cannot be used without it")
		}
		if e.Value == "" {
			continue
		}
		for _, need := range e.Key.Needs {
			if n := m.index(need); n >= 0 && m.entries[n].Value == "" {
				m.missing(HalfCredential, m.entries[n], fmt.Sprintf("%s (%s) is half a credential without it", e.Key.Name, e.Source))
			}
		}
	}
}

// warnUnread tells which keys the airflow loader passes over; all of them have
// the same reason.
func (m *merge) warnUnread() {
	var unread []string
	need := ""
	for i, k := range m.kind.Keys {
		if m.unread(k) && m.answers[i][0].set {
			unread = append(unread, fmt.Sprintf("%s (%s)", k.Name, m.answers[i][0].source))
			need = k.AirflowNeeds
		}
	}
	if len(unread) > 0 {
		m.warnings = append(m.warnings, Remark{Kind: Unread, Text: fmt.Sprintf(
			"not used: %s; OpenMetadata's loader airflow reads this only when %s is set, so set that, or leave this out",
			strings.Join(unread, ", "), need)})
	}
}

// missing adds an error about a key, unless its value was one already.
func (m *merge) missing(kind RemarkKind, e Entry, why string) {
	if slices.Contains(m.bad, e.Key.Name) {
		return
	}
	m.bad = append(m.bad, e.Key.Name)
	state := "is not set"
	if e.Set {
		state = fmt.Sprintf("is empty (%s)", e.Source)
	} else if len(e.Overrides) > 0 {
		state = fmt.Sprintf("is not taken from %s", strings.Join(e.Overrides, ", "))
	}
	text := fmt.Sprintf("%s %s: %s", e.Key.Name, state, why)
	m.lacks = append(m.lacks, Remark{Kind: kind, Text: text, Hint: m.where.hint(e.Key)})
	m.errs = append(m.errs, &providers.Error{
		Code:    providers.Config,
		Message: text,
		Place:   m.where.place(m.kind),
		Hint:    m.where.hint(e.Key),
	})
}
