package airflowcfg

import (
	"regexp"
	"strings"
)

// maxDepth is configparser's MAX_INTERPOLATION_DEPTH.
const maxDepth = 10

// maxReferences bounds the work: ten levels of options that each refer to a
// hundred others would keep Python busy for ever.
const maxReferences = 100_000

// optionRef is a reference to an option, at the start of a text.
var optionRef = regexp.MustCompile(`^%\(([^)]+)\)s`)

// interpolation resolves the %(name)s in one value.
type interpolation struct {
	lookup func(name string) (string, bool)
	out    strings.Builder
	count  int
}

// interpolate resolves %(name)s and %% in a raw value of a file. Names are
// looked up in the same section and in DEFAULT, with their case. On failure
// kind says what is wrong; it is empty otherwise.
func interpolate(raw string, lookup func(name string) (string, bool)) (text string, kind Kind) {
	if !strings.Contains(raw, "%") {
		return raw, ""
	}
	p := &interpolation{lookup: lookup}
	if kind := p.add(raw, 1); kind != "" {
		return "", kind
	}
	return p.out.String(), ""
}

func (p *interpolation) add(raw string, depth int) Kind {
	if depth > maxDepth {
		return KindDepth
	}
	for {
		before, _, found := strings.Cut(raw, "%")
		p.out.WriteString(before)
		if !found {
			return ""
		}
		raw = raw[len(before):]
		if strings.HasPrefix(raw, "%%") {
			p.out.WriteByte('%')
			raw = raw[2:]
			continue
		}
		m := optionRef.FindStringSubmatch(raw)
		if m == nil {
			return KindPercent
		}
		raw = raw[len(m[0]):]
		value, ok := p.lookup(m[1])
		if !ok {
			return KindReference
		}
		if p.count++; p.count > maxReferences || p.out.Len()+len(value) > maxText {
			return KindExpansion
		}
		// Text without a percent sign is taken at any depth.
		if !strings.Contains(value, "%") {
			p.out.WriteString(value)
		} else if kind := p.add(value, depth+1); kind != "" {
			return kind
		}
	}
}
