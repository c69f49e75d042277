package settings

import (
	"errors"
	"slices"

	"om-secret-exec/internal/providers"
)

// merge fills one store's settings from its sources.
type merge struct {
	kind providers.Kind
	// own are the OM_SECRET_EXEC_ variables. They come first, key by key, under
	// every loader: who sets one speaks to this program. Nil for a named store.
	own source
	// sources are what the loader reads, the first one wins.
	sources []source
	// whole makes the credentials one group, which the first source that sets
	// any of them gives, and passes over empty values for another source's:
	// between sources that do not know of each other, identities must not mix
	// and nothing says that an empty variable was meant for us.
	whole bool
	// bare leaves the credentials to the store's SDK.
	bare bool
	// upstream applies the airflow loader's conditions; see Key.AirflowNeeds.
	upstream bool
	where    where

	answers  [][]answer // per key, per source
	entries  []Entry
	warnings []Remark
	lacks    []Remark // the errors about settings that are missing
	errs     []error
	bad      []string // keys with an error already
}

// fill looks every key up and checks the whole.
func (m *merge) fill() ([]Entry, error) {
	for _, k := range m.kind.Keys {
		var row []answer
		for _, s := range m.sources {
			row = append(row, s.answer(k))
		}
		m.answers = append(m.answers, row)
	}
	group := m.group()
	for i, k := range m.kind.Keys {
		m.entries = append(m.entries, m.pick(k, m.answers[i], group))
	}
	m.applyDefaults()
	m.check()
	return m.entries, errors.Join(m.errs...)
}

// group is the source that gives the credentials, or -1 when each key may come
// from any.
func (m *merge) group() int {
	if !m.whole {
		return -1
	}
	for s := range m.sources {
		for i, k := range m.kind.Keys {
			if k.Role == providers.Credential && m.answers[i][s].says() {
				return s
			}
		}
	}
	return -1
}

// pick chooses one key's answer.
func (m *merge) pick(k providers.Key, row []answer, group int) Entry {
	if m.bare && k.Role == providers.Credential {
		row = nil
	}
	winner := m.winner(k, row, group)
	if m.own != nil {
		if a := m.own.answer(k); a.says() {
			row, winner = slices.Insert(slices.Clone(row), 0, a), 0
		}
	}
	e := Entry{Key: k}
	for s, a := range row {
		if s != winner {
			e.Overrides = append(e.Overrides, a.places()...)
		}
	}
	if winner < 0 {
		return e
	}
	a := row[winner]
	e.Overrides = append(slices.Clone(a.hidden), e.Overrides...)
	e.Set, e.Value, e.Source = true, a.text, a.source
	m.warnings = append(m.warnings, a.warnings...)
	if a.err != nil {
		m.errs = append(m.errs, a.err)
		m.bad = append(m.bad, k.Name)
	}
	return e
}

// winner is the index of the source that a key is taken from, or -1.
func (m *merge) winner(k providers.Key, row []answer, group int) int {
	isSet := func(a answer) bool { return a.set }
	switch {
	case m.unread(k):
		return -1
	case k.Role == providers.Credential && group >= 0 && row[group].set:
		return group
	case k.Role == providers.Credential && group >= 0:
		return -1
	}
	if m.whole {
		if s := slices.IndexFunc(row, answer.says); s >= 0 {
			return s
		}
	}
	return slices.IndexFunc(row, isSet)
}

// unread tells whether OpenMetadata's airflow loader would not look at the key.
func (m *merge) unread(k providers.Key) bool {
	if !m.upstream || k.AirflowNeeds == "" {
		return false
	}
	i := m.index(k.AirflowNeeds)
	return i >= 0 && !m.answers[i][0].says()
}

func (m *merge) index(name string) int {
	return slices.IndexFunc(m.kind.Keys, func(k providers.Key) bool { return k.Name == name })
}

// applyDefaults gives unset keys their default. An empty value, and a 0, become
// the default too: upstream writes `value or default`.
func (m *merge) applyDefaults() {
	for i := range m.entries {
		e := &m.entries[i]
		empty := e.Value == "" || e.Key.Type == providers.Int && e.Value == "0"
		if e.Key.Default == "" || !empty || slices.Contains(m.bad, e.Key.Name) {
			continue
		}
		if e.Set {
			e.Overrides = append([]string{e.Source}, e.Overrides...)
		}
		e.Set, e.Value, e.Source = true, e.Key.Default, "default"
	}
}
