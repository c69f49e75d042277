package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"om-secret-exec/internal/protocol"
	"om-secret-exec/internal/providers"
	"om-secret-exec/internal/resolver"
)

// exchange is one run of get --json. However it ends, exactly one response is
// written: by run when it comes that far, else by end. A nil exchange is a
// command line that asked for none.
type exchange struct {
	app     *app
	claimed atomic.Bool // a response is being written, or none is due

	mu    sync.Mutex // end may come while run still works
	start time.Time  // when the request had been read
	req   *protocol.Request
}

// newExchange makes the exchange that a command line seems to ask for. It looks
// at the bare arguments, because one of them may be wrong, such as an option
// before the command; a run that turns out to be another dismisses it.
func newExchange(a *app, args []string) *exchange {
	if end := slices.Index(args, "--"); end >= 0 { // what follows may be exec's command
		args = args[:end]
	}
	isJSON := func(arg string) bool { return arg == "--json" || strings.HasPrefix(arg, "--json=") }
	get := slices.Index(args, "get")
	if get < 0 || get > 0 && !strings.HasPrefix(args[0], "-") || !slices.ContainsFunc(args, isJSON) {
		return nil
	}
	return &exchange{app: a, start: time.Now()}
}

// dismiss says that no response is due after all.
func (x *exchange) dismiss() {
	if x != nil {
		x.claimed.Store(true)
	}
}

// answeredError is a run whose failures are in the response.
type answeredError struct{ code int }

func (e *answeredError) Error() string { return "answered" }

// run answers the request on standard input.
func (x *exchange) run(ctx context.Context, o *options) error {
	req, err := x.read(ctx)
	if err != nil {
		return err
	}
	l := newLookups(x.app, o)
	l.start = x.start
	for i, ref := range req.Refs {
		l.ask(fmt.Sprintf("spec.refs[%d]", i), ref)
	}
	var found map[int]resolver.Outcome
	if len(req.Refs) > 0 { // else no store is needed, nor settings
		short := req.Deadline > 0 && req.Deadline < l.timeout
		if short {
			l.timeout = req.Deadline
		}
		if err := l.settings(ctx, nil); err != nil {
			return x.unsettled(&l, err)
		}
		if found = l.stored(ctx); short {
			l.blameDeadline()
		}
	}
	var whole *providers.Error
	if sig := caught(ctx); sig != 0 && len(l.bad) > 0 {
		whole = cancelled(sig)
	}
	code := exitOK
	if len(l.bad) > 0 {
		code = (&failedError{failures: l.failures(), accepted: l.accepted}).exit()
	}
	return x.answer(l.answers(found, whole), whole, code)
}

// read reads the request; what is wrong with it is answered at once.
func (x *exchange) read(ctx context.Context) (*protocol.Request, error) {
	if err := x.app.checkStdin(true, "give the request on standard input: om-secret-exec get --json < request.json"); err != nil {
		return nil, err
	}
	type input struct {
		data []byte
		err  *providers.Error
	}
	done := make(chan input, 1)
	go func() { // reading bytes cannot panic
		data, err := protocol.Read(x.app.stdin)
		done <- input{data, err}
	}()
	select {
	case in := <-done:
		// The time counts from here: not for whoever writes our input.
		x.mu.Lock()
		defer x.mu.Unlock()
		x.start = time.Now()
		err := in.err
		if err == nil {
			x.req, err = protocol.Decode(in.data)
		}
		if err != nil {
			return nil, x.respond(nil, err, exitUsage)
		}
		x.app.msg.stepf("read the request: %d %s", len(x.req.Refs), plural(len(x.req.Refs), "reference"))
		return x.req, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// answer writes the response of a request that could be read.
func (x *exchange) answer(answers []protocol.Answer, whole *providers.Error, code int) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.respond(answers, whole, code)
}

// respond writes the response, once; the caller holds x.mu. Its error is that of
// the run.
func (x *exchange) respond(answers []protocol.Answer, whole *providers.Error, code int) error {
	if x.claimed.Swap(true) {
		return &answeredError{code}
	}
	var b bytes.Buffer
	if err := protocol.NewResponse(x.req, answers, whole, time.Since(x.start)).Encode(&b); err != nil {
		return failed(&providers.Error{Code: providers.Internal, Message: "encoding the response"})
	}
	if err := x.app.write("", b.Bytes()); err != nil {
		return err
	}
	if whole != nil && whole.Code == providers.Cancelled {
		x.app.output.state.Store(cancelSaid)
	}
	if code == exitOK && whole == nil {
		return nil
	}
	return &answeredError{code}
}

// end sees to it that there is a response when the run ended with err. It gives
// what is still to be said.
func (x *exchange) end(err error) error {
	if x == nil || err == nil || x.claimed.Load() {
		return err
	}
	var usage *usageError
	var fail *failedError
	var stop *signalError
	var whole *providers.Error
	switch {
	case errors.As(err, &stop):
		whole = cancelled(stop.sig)
	case errors.As(err, &fail):
		whole = joined(fail.failures)
	case errors.As(err, &usage):
		whole = &providers.Error{Code: providers.Config, Message: usage.Error(), Hint: usage.hint}
	default: // cobra's own, about the command line
		whole = &providers.Error{Code: providers.Config, Message: err.Error()}
	}
	var answered *answeredError
	if failure := x.answer(nil, whole, exitUsage); !errors.As(failure, &answered) {
		return failure
	}
	return err
}
