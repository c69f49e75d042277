package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"om-secret-exec/internal/fernet"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/reference"
	"om-secret-exec/internal/settings"
)

// site is a reference as it was written, and where.
type site struct {
	where string // `file:line:column` or `variable NAME`; empty for one that was typed
	path  string // YAML path in a document
	text  string
}

// say puts the place before a message.
func (s site) say(message string) string {
	if s.where == "" {
		return message
	}
	return s.where + ": " + message
}

// lookups are references on their way to their secrets, wherever they were
// found. The slices and maps are parallel: index i is the same reference in all.
type lookups struct {
	app  *app
	opts *options
	set  *settings.Effective

	start   time.Time // the time-out counts from here
	timeout time.Duration

	sites    []site
	refs     []reference.Reference    // parsed; the zero value where there is nothing to look up
	plain    map[int][]byte           // values that needed no look-up: decrypted ones
	bad      map[int]*providers.Error // references that cannot be looked up, or could not be
	accepted map[string]bool          // the stores that did not refuse every look-up
}

func newLookups(a *app, o *options) lookups {
	return lookups{
		app: a, opts: o, start: time.Now(), timeout: settings.Timeout(o.inputs(a)),
		plain: map[int][]byte{}, bad: map[int]*providers.Error{}, accepted: map[string]bool{},
	}
}

func (l *lookups) elapsed() time.Duration { return time.Since(l.start).Round(10 * time.Microsecond) }

// references parses the sites. What is Fernet encrypted is opened first:
// OpenMetadata's database holds references that way. Without such a site the keys
// are not read.
func (l *lookups) references(ctx context.Context) {
	keysOnce := sync.OnceValues(func() (*fernet.Keyring, error) { return l.keys(ctx) })
	l.refs = make([]reference.Reference, len(l.sites))
	for i, s := range l.sites {
		text := s.text
		if fernet.Is(text) {
			keys, err := keysOnce()
			if err != nil {
				l.bad[i] = asError(err)
				continue
			}
			value, bad := keys.Decrypt(text)
			if bad != nil {
				l.bad[i] = bad
				continue
			}
			if !reference.Is(string(value)) {
				l.plain[i] = value
				continue
			}
			text = string(value)
		}
		ref, err := reference.Parse(text)
		if err != nil {
			l.bad[i] = asError(err)
			continue
		}
		ref.Store = strings.ToLower(ref.Store) // sections of airflow.cfg are found in lower case
		l.refs[i] = ref
	}
}

// checkIDs finds the references that no store is configured for, and those that
// their store could not hold, without asking it.
func (l *lookups) checkIDs() {
	for i, r := range l.refs {
		if r.ID == "" {
			continue
		}
		if broken := l.set.Broken[r.Store]; broken != nil {
			l.bad[i] = asError(broken)
			continue
		}
		store := l.store(r.Store)
		if store == nil {
			l.bad[i] = l.set.NoStore()
			continue
		}
		if check := store.Kind.CheckID; check != nil {
			if err := check(r.ID); err != nil {
				l.bad[i] = asError(err)
			}
		}
	}
}

// failure gives an error the place of its reference.
func (l *lookups) failure(i int, err *providers.Error) failure {
	s := l.sites[i]
	f := failure{where: s.where, path: s.path, ref: l.shown(i), err: err}
	if i < len(l.refs) {
		f.store = l.refs[i].Store
	}
	return f
}

// shown is the reference as messages print it. The text of a default= may be a
// password that somebody wrote into the document, and Fernet text is long.
func (l *lookups) shown(i int) string {
	text := l.sites[i].text
	if fernet.Is(text) {
		if i < len(l.refs) && l.refs[i].ID != "" {
			return "fernet:... holding " + reference.Shown(l.refs[i].Raw)
		}
		return "fernet:..."
	}
	return reference.Shown(text)
}

// failed collects the failures in the order of the sites; nil when there is none.
func (l *lookups) failed() error {
	if len(l.bad) == 0 {
		return nil
	}
	return l.withBad(&failedError{total: len(l.sites), accepted: l.accepted})
}

// withBad adds the references that are wrong to the failures.
func (l *lookups) withBad(f *failedError) error {
	f.failures = append(f.failures, l.failures()...)
	return f
}

// failures are the references that are wrong, in the order of the sites.
func (l *lookups) failures() []failure {
	var list []failure
	for _, i := range slices.Sorted(maps.Keys(l.bad)) {
		list = append(list, l.failure(i, l.bad[i]))
	}
	return list
}
