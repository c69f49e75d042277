package resolver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"om-secret-exec/internal/providers"
)

const (
	// maxAttempts bounds the reads of a store that answers, but cannot serve.
	maxAttempts = 6
	// firstDelay doubles with each attempt up to maxDelay, or up to maxRefused
	// while nobody accepts the connection: then nobody is to be spared, and a
	// sidecar is soon there.
	firstDelay = 200 * time.Millisecond
	maxDelay   = 5 * time.Second
	maxRefused = time.Second
)

// group reads a group until every reference of it has an answer that stands.
// What a repetition may mend is read again as a group of its own: any part of a
// planned group is a valid one.
func (r *run) group(ctx context.Context, s *storeRead, group []providers.Ref) {
	for attempt := 1; ; attempt++ {
		results := r.read(ctx, s, group, attempt)
		var again []providers.Ref
		var why []*providers.Error
		alone := 0
		for i, ref := range group {
			result := s.results[ref]
			earlier, err := result.Err, results[i].Err
			*result = results[i]
			switch {
			case err == nil:
			case err.Alone && len(group) > 1:
				alone++
				r.wg.Go(func() { r.group(ctx, s, []providers.Ref{ref}) })
			case ctx.Err() == nil && repeatable(err, attempt):
				again, why = append(again, ref), append(why, err)
			case ctx.Err() != nil && attempt > 1 && err.Code == providers.Timeout:
				// The earlier answer tells more than that time is up.
				result.Err = tried(earlier, attempt-1, "then the run's time was up")
			case attempt > 1:
				result.Err = tried(err, attempt, "")
			}
		}
		if alone > 0 {
			r.record(Event{Step: StepSplit, Store: s.name, Attempt: attempt, Refs: alone})
		}
		if len(again) == 0 {
			return
		}
		if !r.pause(ctx, s, attempt, why) {
			for _, ref := range again {
				result := s.results[ref]
				result.Err = gaveUp(ctx, result.Err, attempt)
			}
			return
		}
		group = again
	}
}

// repeatable tells whether the read that failed with err for the attempt-th
// time may be made once more.
func repeatable(err *providers.Error, attempt int) bool {
	return err.Refused || err.Retryable && attempt < maxAttempts
}

// pause waits before the next attempt: exponential backoff with full jitter, or
// what the store asked for when that is longer. It returns false, at once, when
// the wait would pass the run's deadline, and when ctx is cancelled.
func (r *run) pause(ctx context.Context, s *storeRead, attempt int, why []*providers.Error) bool {
	var ceiling, asked time.Duration
	for _, err := range why {
		limit := maxDelay
		if err.Refused {
			limit = maxRefused
		}
		// The shift is bounded: a sidecar may take hundreds of attempts.
		ceiling = max(ceiling, min(limit, firstDelay<<min(attempt-1, 10)))
		asked = max(asked, err.After)
	}
	wait := max(asked, time.Duration(r.Rand()*float64(ceiling)))
	if deadline, ok := ctx.Deadline(); ok && !r.Now().Add(wait).Before(deadline) {
		return false
	}
	r.record(Event{Step: StepWait, Store: s.name, Attempt: attempt, Refs: len(why), Failed: len(why), Code: why[0].Code, Took: wait})
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// gaveUp is the error of a reference whose next attempt will not be made.
func gaveUp(ctx context.Context, err *providers.Error, attempts int) *providers.Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return stopped(ctx, *err)
	}
	return tried(err, attempts, "the run's time does not allow another")
}

// tried adds to a copy of err how often the read was made, and why not more
// often. The store's own error may be shared.
func tried(err *providers.Error, attempts int, why string) *providers.Error {
	e := *err
	plural := "s"
	if attempts == 1 {
		plural = ""
	}
	e.Message = fmt.Sprintf("%s (%d attempt%s", e.Message, attempts, plural)
	if why != "" {
		e.Message += "; " + why
	}
	e.Message += ")"
	return &e
}
