package rest

import (
	"strings"
	"time"

	"om-secret-exec/internal/providers"
)

// Clock judges this machine's clock by a service's.
type Clock struct {
	// Warn and Fail are how far off it may be; 0 leaves a grade out.
	Warn, Fail time.Duration
	// Hint says what comes of a wrong one.
	Hint string
}

// Fact is doctor's line about a clock that is off by so much, to the second that
// HTTP tells.
func (c Clock) Fact(off time.Duration) providers.Fact {
	const differs = "differs from the server's by "
	off = off.Abs().Round(time.Second)
	f := providers.Fact{Name: "clock", Status: providers.OK}
	switch {
	case c.Fail > 0 && off > c.Fail:
		f.Status = providers.Fail
	case c.Warn > 0 && off > c.Warn:
		f.Status = providers.Warn
	default:
		limit := c.Warn
		if limit == 0 {
			limit = c.Fail
		}
		f.Text = differs + "less than " + strings.Replace(limit.String(), "m0s", "m", 1)
		return f
	}
	f.Text, f.Hint = differs+off.String(), "set this machine's clock: "+c.Hint
	return f
}
