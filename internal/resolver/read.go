package resolver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"om-secret-exec/internal/providers"
)

// store opens one store and starts a goroutine for each of its requests.
func (r *run) store(ctx context.Context, s *storeRead) {
	start := r.Now()
	err := r.open(ctx, s)
	if err != nil {
		s.failAll(err)
		return
	}
	r.record(Event{Step: StepOpen, Store: s.name, Attempt: 1, Refs: len(s.refs), Took: r.Now().Sub(start)})
	groups, err := s.plan()
	if err != nil {
		s.failAll(err)
		return
	}
	for _, group := range groups {
		r.wg.Go(func() { r.group(ctx, s, group) })
	}
}

// open fills s.store.
func (r *run) open(ctx context.Context, s *storeRead) *providers.Error {
	if ctx.Err() != nil {
		return stopped(ctx, providers.Error{})
	}
	var opened error
	err := protect("opening the store", func() { s.store, opened = r.Open(ctx, s.name) })
	if err != nil {
		return err
	}
	if errors.As(opened, &err) {
		return err
	}
	if opened != nil && ctx.Err() != nil {
		return stopped(ctx, providers.Error{})
	}
	if opened != nil || s.store == nil {
		// The text of a foreign error may hold a setting's value.
		return &providers.Error{Code: providers.Internal, Message: fmt.Sprintf("opening the store gave %T", opened)}
	}
	return nil
}

// plan gives the store's groups after a look at them: every reference in
// exactly one.
func (s *storeRead) plan() ([][]providers.Ref, *providers.Error) {
	var groups [][]providers.Ref
	err := protect("planning the requests", func() { groups = s.store.Plan(s.refs) })
	if err != nil {
		return nil, err
	}
	planned := map[providers.Ref]bool{}
	once := true
	for _, group := range groups {
		for _, ref := range group {
			once = once && s.results[ref] != nil && !planned[ref]
			planned[ref] = true
		}
	}
	if !once || len(planned) != len(s.refs) {
		return nil, &providers.Error{Code: providers.Internal, Message: "the store's plan does not have each reference once"}
	}
	return groups, nil
}

// failAll gives every reference of the store the same error.
func (s *storeRead) failAll(err *providers.Error) {
	for _, result := range s.results {
		result.Err = err
	}
}

// read makes one attempt at a group, within the bounds on requests in flight
// and on time. There is a result for every reference; errors that come of the
// end of that time say so.
func (r *run) read(ctx context.Context, s *storeRead, group []providers.Ref, attempt int) []providers.Result {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return failed(group, stopped(ctx, providers.Error{}))
	}
	limited, cancel := context.WithTimeout(ctx, r.AttemptTimeout)
	defer cancel()

	start := r.Now()
	results := s.read(limited, group)
	event := Event{Step: StepRead, Store: s.name, Attempt: attempt, Refs: len(group), Took: r.Now().Sub(start)}
	for i := range results {
		e := results[i].Err
		if e == nil {
			continue
		}
		if limited.Err() != nil && interruption(e) {
			e = r.interrupted(ctx, *e)
			results[i].Err = e
		}
		if event.Failed++; event.Failed == 1 {
			event.Code = e.Code
		}
	}
	r.record(event)
	return results
}

// patience is for a store that ends late by itself: it knows best what it waited
// for.
const patience = 500 * time.Millisecond

// read asks the store. One that does not come back after the end of ctx, because
// it reads a file that does not answer, is left behind: nothing interrupts that.
func (s *storeRead) read(ctx context.Context, group []providers.Ref) []providers.Result {
	done := make(chan []providers.Result, 1)
	go func() { done <- s.ask(ctx, group) }()
	select {
	case results := <-done:
		return results
	case <-ctx.Done():
	}
	select {
	case results := <-done:
		return results
	case <-time.After(patience):
		return failed(group, &providers.Error{Code: providers.Timeout, Message: "no answer", Retryable: true})
	}
}

// ask asks the store. A store that breaks its contract gives INTERNAL errors.
func (s *storeRead) ask(ctx context.Context, group []providers.Ref) []providers.Result {
	var results []providers.Result
	err := protect("reading from the store", func() { results = s.store.Read(ctx, group) })
	if err != nil {
		return failed(group, err)
	}
	if len(results) != len(group) {
		return failed(group, &providers.Error{
			Code:    providers.Internal,
			Message: fmt.Sprintf("the store gave %d answers for %d references", len(results), len(group)),
		})
	}
	return results
}

// interruption reports whether e can be the store's view of the end of its
// context: no answer of the service's.
func interruption(e *providers.Error) bool {
	ended := e.Code == providers.Timeout || e.Code == providers.Cancelled || e.Code == providers.Unavailable
	return ended && e.Status == 0
}

// interrupted gives an interrupted read the code of what interrupted it.
func (r *run) interrupted(ctx context.Context, e providers.Error) *providers.Error {
	if ctx.Err() != nil {
		return stopped(ctx, e)
	}
	e.Code, e.Retryable = providers.Timeout, true
	e.Message = fmt.Sprintf("no answer within %s", r.AttemptTimeout)
	return &e
}

// stopped turns e into the failure of what the end of the run left unanswered.
func stopped(ctx context.Context, e providers.Error) *providers.Error {
	e.Code, e.Message, e.Retryable, e.Refused, e.Alone = providers.Timeout, "no answer in the run's time", true, false, false
	if e.Hint == "" {
		e.Hint = "allow more time with --timeout"
	}
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e.Code, e.Message, e.Hint = providers.Cancelled, "stopped before the answer came", ""
	}
	return &e
}

// failed gives every reference of group the same error.
func failed(group []providers.Ref, err *providers.Error) []providers.Result {
	results := make([]providers.Result, len(group))
	for i := range results {
		results[i].Err = err
	}
	return results
}

// protect runs f and makes a panic an INTERNAL error. The panic's own text is
// dropped, for it may hold anything; its type is not.
func protect(doing string, f func()) (err *providers.Error) {
	defer func() {
		if p := recover(); p != nil {
			err = &providers.Error{Code: providers.Internal, Message: fmt.Sprintf("%s: panic of type %T", doing, p)}
		}
	}()
	f()
	return nil
}
