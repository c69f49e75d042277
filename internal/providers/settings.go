package providers

import (
	"fmt"
	"strings"
)

// Role says what a setting is for, and with it how the loaders treat it.
type Role int

// The roles of a [Key].
const (
	// Place says where the store is (a region, a vault, a namespace). Places
	// are looked up one by one, also under loader noop.
	Place Role = iota
	// Credential says who asks. The credentials of a store are one group: the
	// first source that sets any of them gives all of them, so that two
	// identities never mix.
	Credential
	// Option tunes how the store is asked (time-outs, a CA file).
	Option
)

// Type is the form of a setting's value.
type Type int

// The types of a [Key]. Values are kept as text in every case; Bool is
// normalised to "true" or "false", Int to decimal digits.
const (
	Text Type = iota
	Bool
	Int
)

// Key is one setting of a store. One table of keys per store feeds the loaders,
// `config`, `check`, the documentation and shell completion.
type Key struct {
	// Name is the option in section [openmetadata_secrets_manager] of
	// airflow.cfg, and the setting's name everywhere in this program.
	Name string
	// Also are other spellings that are accepted after Name, such as those
	// that upstream's documentation prints and its code does not read.
	Also []string
	// Vars are the environment variables of loader env, first one set wins:
	// OpenMetadata's own, then those that the store's SDK reads.
	Vars    []string
	Default string
	Role    Role
	Type    Type
	// Secret values are masked wherever settings are shown.
	Secret bool
	// Required settings must be set and not empty.
	Required bool
	// Needs are keys that must be set when this one is: half a credential is
	// an error and not a different identity.
	Needs []string
	// AirflowNeeds is a key without which OpenMetadata's airflow loader does
	// not read this one at all.
	AirflowNeeds string
	// Text is one line for people, lower case, no full stop.
	Text string
}

// Setting is one effective value and where it came from.
type Setting struct {
	Value string
	// Source is for people: `airflow.cfg:12`, `variable AWS_REGION`, `default`.
	Source string
}

// Settings is what a store is opened with.
type Settings struct {
	// Provider is the provider name as it was asked for.
	Provider string
	// Loader is the loader in effect: airflow, env, noop or auto.
	Loader string
	// Store is the name of a named store, or empty for the main one.
	Store string
	// Values holds the settings that are set, by [Key.Name], defaults
	// included. Set but empty is present with an empty Value.
	Values map[string]Setting
	// Env looks an environment variable up; it is the process's own, injected.
	Env func(name string) (string, bool)
	// CAFile is a PEM file of additional roots to trust, or empty.
	CAFile string
	// NoBatch forbids batch requests (--batch=never).
	NoBatch bool
	// UserAgent is what we call ourselves to services that log it.
	UserAgent string
}

// Get returns the value of a setting, or "" when it is not set.
func (s Settings) Get(name string) string { return s.Values[name].Value }

// Lookup returns a setting and whether it is set; set but empty is set.
func (s Settings) Lookup(name string) (Setting, bool) {
	v, ok := s.Values[name]
	return v, ok
}

// HowToSet says for a hint where a setting of this store is set, whichever
// loader is in effect: its option and its variable. keys are the kind's.
func (s Settings) HowToSet(keys []Key, name string) string {
	if s.Store != "" {
		return fmt.Sprintf("set %s in section [openmetadata_secrets_manager:%s] of airflow.cfg, or as variable OM_SECRET_EXEC_STORE_<NAME>_%s",
			name, strings.ToLower(s.Store), strings.ToUpper(name))
	}
	for _, k := range keys {
		if k.Name == name && len(k.Vars) > 0 {
			return fmt.Sprintf("set %s in section [openmetadata_secrets_manager] of airflow.cfg (loader airflow) or variable %s (loader env)", name, k.Vars[0])
		}
	}
	return "set " + name
}

// Whether reports whether a Bool setting is true.
func (s Settings) Whether(name string) bool { return s.Get(name) == "true" }
