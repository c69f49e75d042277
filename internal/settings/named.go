package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"om-secret-exec/internal/airflowcfg"
	"om-secret-exec/internal/providers"
)

// storePrefix starts the variables that define a named store.
const storePrefix = OwnPrefix + "STORE_"

// nonWord is what cannot be in the name of a variable.
var nonWord = regexp.MustCompile(`[^A-Z0-9]`)

// storeVariable is the variable for a key of a named store.
func storeVariable(store, key string) string {
	name := func(s string) string { return nonWord.ReplaceAllString(strings.ToUpper(s), "_") }
	return storePrefix + name(store) + "_" + name(key)
}

// named fills the stores that the workflow refers to. Others are not looked at:
// a store that nobody uses cannot stop a run.
func (r *run) named() {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(r.in.Stores))) {
		s, err := r.namedStore(name)
		if err != nil {
			r.eff.Broken[name] = err
			continue
		}
		r.eff.Named[name] = s
	}
}

func (r *run) namedStore(name string) (*StoreSettings, error) {
	variables := variableSource{store: name, env: r.in.Env}
	provider := providers.Key{Name: "provider"}
	// A store that the variables define can do without the file.
	open := r.cfg.strict
	if variables.answer(provider).says() {
		open = r.cfg.lenient
	}
	config, err := open()
	if err != nil {
		return nil, err
	}
	w := where{loader: r.eff.Loader.Value, store: name, path: config.Path()}
	m := &merge{sources: []source{variables, airflowSource{config, w.section()}}, where: w}
	choice, err := r.namedProvider(m, provider, config)
	if err != nil {
		return nil, err
	}
	kind, err := findKind(r.in.Kinds, choice)
	if err != nil {
		return nil, err
	}
	m.kind = *kind
	entries, err := m.fill()
	r.warn(m.warnings...)
	if err != nil {
		return nil, err
	}
	return r.store(m, entries, choice.Value), nil
}

// namedProvider finds the key that makes a store of a section or of variables.
func (r *run) namedProvider(m *merge, key providers.Key, config *airflowcfg.Config) (Choice, error) {
	e := m.pick(key, []answer{m.sources[0].answer(key), m.sources[1].answer(key)}, -1)
	if err := errors.Join(m.errs...); err != nil {
		return Choice{}, err
	}
	w := m.where
	switch {
	case e.Set && !storeless(e.Value):
		return Choice{e.Value, e.Source}, nil
	case e.Set:
		return Choice{}, configError(fmt.Sprintf("store %q has provider %q (%s), which is no store", w.store, e.Value, e.Source), "")
	case slices.Contains(config.Sections(), w.section()):
		return Choice{}, configError(fmt.Sprintf("store %q has no provider", w.store), w.hint(key))
	}
	sameButCase := func(section string) bool { return strings.EqualFold(section, w.section()) }
	if i := slices.IndexFunc(config.Sections(), sameButCase); i >= 0 {
		return Choice{}, configError(fmt.Sprintf("there is no store %q: section [%s] has capital letters, which Airflow's rules never find", w.store, config.Sections()[i]),
			fmt.Sprintf("write [%s]", w.section()))
	}
	return Choice{}, configError(fmt.Sprintf("there is no store %q", w.store), r.definedStores(config)+"; "+w.hint(key))
}

// definedStores lists the stores there are.
func (r *run) definedStores(config *airflowcfg.Config) string {
	var names []string
	for _, section := range config.Sections() {
		if name, ok := strings.CutPrefix(section, Section+":"); ok {
			names = append(names, name)
		}
	}
	for _, pair := range r.in.Environ {
		variable, _, _ := strings.Cut(pair, "=")
		name, ok := strings.CutPrefix(variable, storePrefix)
		if name, isProvider := strings.CutSuffix(name, "_PROVIDER"); ok && isProvider {
			names = append(names, strings.ToLower(name))
		}
	}
	if len(names) == 0 {
		return "no stores are defined"
	}
	return "stores are " + strings.Join(slices.Compact(slices.Sorted(slices.Values(names))), ", ")
}

// variableSource is the variables of one named store.
type variableSource struct {
	store string
	env   func(string) (string, bool)
}

func (s variableSource) answer(k providers.Key) answer {
	var names []string
	for _, name := range append([]string{k.Name}, k.Also...) {
		names = append(names, storeVariable(s.store, name))
	}
	return firstVariable(k, names, s.env)
}
