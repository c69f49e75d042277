package settings

import (
	"fmt"
	"strings"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/providers"
)

// where tells people in which place a setting of a store belongs.
type where struct {
	loader string
	store  string // empty for the main one
	path   string // airflow.cfg, when one was looked for
}

// place names the store in messages.
func (w where) place(kind providers.Kind) string {
	if w.store == "" {
		return kind.Title + ", loader " + w.loader
	}
	return fmt.Sprintf("%s, store %q", kind.Title, w.store)
}

// hint says where to set a key: the option of airflow.cfg and the variable, in
// the order in which this loader would look.
func (w where) hint(k providers.Key) string {
	file := w.path
	if file == "" {
		file = "airflow.cfg"
	}
	option := fmt.Sprintf("%s in section [%s] of %s", k.Name, w.section(), file)
	if w.store != "" {
		return fmt.Sprintf("set variable %s, or %s", storeVariable(w.store, k.Name), option)
	}
	variable := ""
	if len(k.Vars) > 0 {
		variable = k.Vars[0]
	}
	switch {
	case w.loader == Auto, strings.HasPrefix(variable, OwnPrefix):
		return fmt.Sprintf("set variable %s, or %s", variable, option)
	case w.loader == Airflow:
		hint := fmt.Sprintf("set %s, or variable %s", option, airflowcfg.Variable(Section, k.Name))
		if variable != "" {
			hint += fmt.Sprintf(" (variable %s is for loader env)", variable)
		}
		return hint
	}
	return fmt.Sprintf("set variable %s (%s is for loader airflow)", variable, option)
}

// section is in lower case, as Airflow asks for every section.
func (w where) section() string {
	if w.store == "" {
		return Section
	}
	return Section + ":" + strings.ToLower(w.store)
}
