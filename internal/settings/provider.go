package settings

import "errors"

// Provider is the provider that a flag or variable names, whatever a workflow
// says; empty when none does. The options of a run are checked, its loader among
// them, and a name that there is not is an error, as in [Resolve].
func Provider(in Inputs) (Choice, error) {
	r := &run{in: in, eff: &Effective{}}
	if err := r.options(); err != nil {
		return Choice{}, err
	}
	r.eff.Loader = r.option("loader")
	err := r.checkLoader()
	c := r.option("provider")
	if storeless(c.Value) {
		return c, err
	}
	_, unknown := findKind(in.Kinds, c)
	return c, errors.Join(unknown, err)
}
