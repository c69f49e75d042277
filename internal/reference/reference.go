// Package reference is the grammar of a secret reference:
//
//	secret:ID[?opt=v[&opt=v]][#FIELD]
//
// The bare form, secret:ID, is OpenMetadata's own; options and FIELD are ours.
// ID ends at the first `?` or `#`, options end at the first `#`. In ID, options
// and FIELD `%3F`, `%23`, `%25` and `%26` stand for `?`, `#`, `%` and `&`; every
// other byte is verbatim, another `%xx` included, so that an id that a server
// wrote never needs quoting.
//
// The package knows no store: whether an id could exist in one is asked there.
package reference

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"om-secret-exec/internal/providers"
)

const prefix = "secret:"

// Reference is a parsed reference. The parts are decoded; Raw is the text as it
// was written.
type Reference struct {
	ID string
	// Version is option version=, or empty.
	Version string
	// Store is option store=, or empty for the main store.
	Store string
	// Field is what follows `#`. HasField tells a reference that asks for a
	// field from one that does not; with HasField, Field is not empty.
	Field    string
	HasField bool
	// Default is option default=, nil when there is none; it may be empty.
	Default *string
	Raw     string
}

// Is reports whether s is a reference by OpenMetadata's rule: it starts with
// "secret:", in lower case and without a blank before it.
func Is(s string) bool { return strings.HasPrefix(s, prefix) }

// Parse reads a whole reference. Its error is an [*providers.Error] with code
// INVALID_REF and a hint. Only the first "secret:" is cut off: AWS ARNs contain
// another one.
func Parse(s string) (Reference, error) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return Reference{}, invalid(`a reference starts with "secret:"`,
			`write it as secret:ID, such as secret:/prod/db/password`)
	}
	return parse(rest, s)
}

// ParseArg reads a reference that a person typed: a whole one, or one without
// its "secret:". Errors are those of [Parse].
func ParseArg(s string) (Reference, error) {
	if Is(s) {
		return Parse(s)
	}
	return parse(s, s)
}

// Extended reports whether the reference uses anything that OpenMetadata does
// not understand: options, a field, or an escape in the id.
func (r Reference) Extended() bool {
	bare := r.Raw == r.ID || r.Raw == prefix+r.ID
	return r.HasField || r.Version != "" || r.Store != "" || r.Default != nil || !bare
}

// String builds the reference from its parts, with escapes wherever they are
// needed: Parse(r.String()) gives the same parts.
func (r Reference) String() string {
	var options []string
	if r.Version != "" {
		options = append(options, "version="+escape(r.Version))
	}
	if r.Store != "" {
		options = append(options, "store="+escape(r.Store))
	}
	if r.Default != nil {
		options = append(options, "default="+escape(*r.Default))
	}
	s := prefix + escape(r.ID)
	if len(options) > 0 {
		s += "?" + strings.Join(options, "&")
	}
	if r.HasField {
		s += "#" + escape(r.Field)
	}
	return s
}

func parse(rest, raw string) (Reference, error) {
	head, field, hasField := strings.Cut(rest, "#")
	id, options, hasOptions := strings.Cut(head, "?")
	r := Reference{ID: unescape(id), Field: unescape(field), HasField: hasField, Raw: raw}
	if err := checkID(r.ID); err != nil {
		return Reference{}, err
	}
	if hasOptions {
		if err := r.setOptions(options); err != nil {
			return Reference{}, err
		}
	}
	if hasField && field == "" {
		return Reference{}, invalid("nothing follows #",
			"name a field after #, or write %23 when # belongs to the id")
	}
	if strings.ContainsFunc(r.Field, unicode.IsControl) {
		return Reference{}, invalid("the field holds a line break or another control character",
			"write the reference on one line")
	}
	return r, nil
}

func checkID(id string) error {
	switch {
	case id == "":
		return invalid("the reference has no id", `write the id directly after "secret:"`)
	case !utf8.ValidString(id):
		return invalid("the id is not UTF-8", "write the id in UTF-8")
	case strings.ContainsFunc(id, breaks):
		return invalid("the id holds a blank, a line break or another control character",
			"write the whole reference on one line: a folded scalar (>, or plain text that goes on in the next line) puts a blank where the line ended")
	}
	return nil
}

// breaks tells the characters that folding puts into a scalar, and those that
// no store allows in a name. No store of ours but OpenBao knows names with
// blanks, and a folded reference is by far the commoner way to get one.
func breaks(c rune) bool {
	return c == ' ' || c == '\u2028' || c == '\u2029' || unicode.IsControl(c)
}

func (r *Reference) setOptions(options string) error {
	seen := map[string]bool{}
	for option := range strings.SplitSeq(options, "&") {
		name, value, ok := strings.Cut(option, "=")
		name, value = unescape(name), unescape(value)
		switch {
		case name != "version" && name != "store" && name != "default":
			return invalid("the reference has an unknown option",
				"options are version=, store= and default=; write %3F when ? belongs to the id and %26 when & belongs to a value")
		case seen[name]:
			return invalid("option "+name+" is given twice", "write each option once")
		case !ok || value == "" && name != "default":
			return invalid("option "+name+" has no value", "write "+name+"=VALUE, or leave the option out")
		case name != "default" && strings.ContainsFunc(value, breaks):
			return invalid("option "+name+" holds a blank or a control character", "write the reference on one line")
		}
		seen[name] = true
		switch name {
		case "version":
			r.Version = value
		case "store":
			r.Store = value
		case "default":
			r.Default = &value
		}
	}
	return nil
}

func escape(s string) string {
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", "&", "%26").Replace(s)
}

// unescape decodes the four escapes in one pass, so that what one of them gives
// is never part of another.
func unescape(s string) string {
	return strings.NewReplacer("%25", "%", "%3F", "?", "%3f", "?", "%23", "#", "%26", "&").Replace(s)
}

func invalid(message, hint string) error {
	return &providers.Error{Code: providers.InvalidRef, Message: message, Hint: hint}
}
