package main

import (
	"maps"
	"slices"
	"strings"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
)

// references turns the document's scalars into references. What is Fernet
// encrypted is opened first: OpenMetadata's database holds references that way.
func (j *job) references() {
	keys, keyErr := fernet.FromEnv(j.app.env, nil)
	j.refs = make([]reference.Reference, len(j.scalars))
	for i, s := range j.scalars {
		text := s.Value
		if fernet.Is(text) {
			if keyErr != nil {
				j.bad[i] = asError(keyErr)
				continue
			}
			value, err := keys.Decrypt(text)
			if err != nil {
				j.bad[i] = err
				continue
			}
			if !reference.Is(string(value)) {
				j.plain[i] = value
				continue
			}
			text = string(value)
		}
		ref, err := reference.Parse(text)
		if err != nil {
			j.bad[i] = asError(err)
			continue
		}
		ref.Store = strings.ToLower(ref.Store) // sections of airflow.cfg are found in lower case
		j.refs[i] = ref
	}
}

// checkIDs finds the references that no store is configured for, and those that
// their store could not hold, without asking it.
func (j *job) checkIDs() {
	for i, r := range j.refs {
		if r.ID == "" {
			continue
		}
		if broken := j.set.Broken[r.Store]; broken != nil {
			j.bad[i] = asError(broken)
			continue
		}
		store := j.store(r.Store)
		if store == nil {
			j.bad[i] = j.set.NoStore()
			continue
		}
		if check := store.Kind.CheckID; check != nil {
			if err := check(r.ID); err != nil {
				j.bad[i] = asError(err)
			}
		}
	}
}

// failure gives an error its place in the document.
func (j *job) failure(i int, err *providers.Error) failure {
	s := j.scalars[i]
	f := failure{where: j.where(s.Pos), path: s.Path, ref: j.shown(i), err: err}
	if i < len(j.refs) {
		f.store = j.refs[i].Store
	}
	return f
}

// shown is the reference as messages print it. The text of a default= may be a
// password that somebody wrote into the document, and Fernet text is long.
func (j *job) shown(i int) string {
	text := j.scalars[i].Value
	if fernet.Is(text) {
		if i < len(j.refs) && j.refs[i].ID != "" {
			return "fernet:... holding " + shownRef(j.refs[i].Raw)
		}
		return "fernet:..."
	}
	return shownRef(text)
}

// failed collects the failures in document order; nil when there is none.
func (j *job) failed(accepted map[string]bool) error {
	if len(j.bad) == 0 {
		return nil
	}
	return j.withBad(&failedError{total: len(j.scalars), accepted: accepted})
}

// withBad adds the references that are wrong to the failures.
func (j *job) withBad(f *failedError) error {
	for _, i := range slices.Sorted(maps.Keys(j.bad)) {
		f.failures = append(f.failures, j.failure(i, j.bad[i]))
	}
	return f
}
