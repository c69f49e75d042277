package airflowcfg

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// GetBool is conf.getboolean(section, option) for an option that has a value;
// ok is false when it has none. A text that is no boolean is an error, and so is
// an empty one.
func (c *Config) GetBool(section, option string) (value, ok bool, err error) {
	k := newKey(section, option)
	text, at, ok, err := c.get(k)
	if !ok || err != nil {
		return false, ok, err
	}
	if value, ok = parseBool(text); !ok {
		return false, true, at.fail(k, KindBool)
	}
	return value, true, nil
}

// GetInt is conf.getint(section, option) for an option that has a value; ok is
// false when it has none. It accepts what any Airflow does: since 3.x a float
// without a fraction is an integer.
func (c *Config) GetInt(section, option string) (value int64, ok bool, err error) {
	k := newKey(section, option)
	text, at, ok, err := c.get(k)
	if !ok || err != nil {
		return 0, ok, err
	}
	if value, ok = parseInt(text); !ok {
		return 0, true, at.fail(k, KindInt)
	}
	return value, true, nil
}

// parseBool knows three words each; a comment after them does not matter,
// although comments are part of any other value.
func parseBool(s string) (value, ok bool) {
	s, _, _ = strings.Cut(strings.ToLower(s), "#")
	switch strings.TrimFunc(s, isSpace) {
	case "t", "true", "1":
		return true, true
	case "f", "false", "0":
		return false, true
	}
	return false, false
}

// digitGap matches an underscore that Python allows in a number.
var digitGap = regexp.MustCompile(`([0-9])_([0-9])`)

// parseInt is Python's int(s) for a base of ten, and int(float(s)) where that
// loses nothing.
func parseInt(s string) (int64, bool) {
	// Unlike str.strip, int leaves U+001C to U+001F where they are.
	s = strings.Map(asciiDigit, strings.TrimFunc(s, unicode.IsSpace))
	// Twice, because matches do not overlap: 1_2_3.
	s = digitGap.ReplaceAllString(digitGap.ReplaceAllString(s, "$1$2"), "$1$2")
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return n, err == nil
	}
	if strings.ContainsAny(s, "xXpP_") {
		return 0, false // hexadecimal floats are Go's, not Python's
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}

// asciiDigit maps the decimal digits of every script to ASCII, as int does.
// Unicode has them in unbroken runs of ten from zero to nine.
func asciiDigit(r rune) rune {
	if r <= unicode.MaxASCII || !unicode.Is(unicode.Nd, r) {
		return r
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return '0' + (r-zero)%10
}
