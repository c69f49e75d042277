package gate

import (
	"time"

	"om-secret-exec/internal/providers"
)

// The first pause doubles with each failure up to maxPause, or up to maxRefused
// while nobody accepts the connection. They are the mean of what the resolver
// waits between two attempts: a single reference hardly waits longer for them,
// and many references log in once in a round of attempts, and not once each.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 2500 * time.Millisecond
	maxRefused = 500 * time.Millisecond
)

// pause is the moment after a failed login in which its failure stands for
// another one.
type pause struct {
	err    *providers.Error
	until  time.Time
	misses int // in a row
}

// begin starts the moment that follows a failure, and gives the failure as rest
// does.
func (p *pause) begin(err *providers.Error, now time.Time) *providers.Error {
	limit := maxPause
	if err.Refused {
		limit = maxRefused
	}
	// The shift is bounded: a sidecar may take hundreds of attempts.
	length := max(err.After, min(limit, firstPause<<min(p.misses, 10)))
	p.err, p.until = err, now.Add(length)
	p.misses++
	return p.rest(now)
}

// rest gives the failure with the rest of the moment as its After, or nil when
// the moment is over.
func (p *pause) rest(now time.Time) *providers.Error {
	left := p.until.Sub(now)
	if p.err == nil || left <= 0 {
		return nil
	}
	shared := *p.err
	shared.After = left
	return &shared
}
