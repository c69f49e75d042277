package settings

import (
	"slices"
	"strings"

	"om-secret-exec/internal/providers"
)

// RemarkKind says what a [Remark] is about, for callers that must tell them
// apart.
type RemarkKind int

// The kinds. The last three are errors, the others warnings.
const (
	// Workflow is about the workflow's own two keys.
	Workflow RemarkKind = iota
	// AirflowCfg is about how airflow.cfg was found and read.
	AirflowCfg
	// Blanks and Quotes are about what stands around a value.
	Blanks
	Quotes
	// Spelling is a name that OpenMetadata's code does not read.
	Spelling
	// Unread is a setting that loader airflow passes over.
	Unread
	// CountsAsFalse is a text that looks as if it meant true.
	CountsAsFalse
	// HalfCredential and Missing are settings that are not there.
	HalfCredential
	Missing
	// Unusable is a setting whose value cannot be used.
	Unusable
)

// Remark is something to mend. Text and Hint are for people and hold no value;
// Hint may be empty.
type Remark struct {
	Kind       RemarkKind
	Text, Hint string
}

func (r *run) warn(remarks ...Remark) {
	for _, one := range remarks {
		r.eff.Warnings = append(r.eff.Warnings, one.Text)
	}
	r.eff.Remarks = append(r.eff.Remarks, remarks...)
}

// remarkErrors makes remarks of the errors that are none yet. What is wrong with
// the workflow's own keys is found by whoever reads the workflow.
func (r *run) remarkErrors(err error) {
	for _, e := range flatten(err) {
		known := func(m Remark) bool { return m.Text == e.Message }
		own := func(c Choice) bool {
			isDocument := c.Source != "" && !strings.HasPrefix(c.Source, "flag ") && !strings.HasPrefix(c.Source, "variable ")
			return isDocument && strings.HasPrefix(e.Message, c.Source+": ")
		}
		if !own(r.eff.Provider) && !own(r.eff.Loader) && !slices.ContainsFunc(r.eff.Remarks, known) {
			r.eff.Remarks = append(r.eff.Remarks, Remark{Kind: Unusable, Text: e.Message, Hint: e.Hint})
		}
	}
}

// flatten takes apart what errors.Join made.
func flatten(err error) []*providers.Error {
	switch e := err.(type) { //nolint:errorlint // one level at a time
	case *providers.Error:
		return []*providers.Error{e}
	case interface{ Unwrap() []error }:
		var all []*providers.Error
		for _, one := range e.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	return nil
}
