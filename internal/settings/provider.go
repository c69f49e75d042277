package settings

// Provider is the provider that a flag or variable names, whatever a workflow
// says; empty when none does. The options of a run are checked, and a name that
// there is not is an error, as in [Resolve].
func Provider(in Inputs) (Choice, error) {
	r := &run{in: in, eff: &Effective{}}
	if err := r.options(); err != nil {
		return Choice{}, err
	}
	c := r.option("provider")
	if storeless(c.Value) {
		return c, nil
	}
	_, err := findKind(in.Kinds, c)
	return c, err
}
