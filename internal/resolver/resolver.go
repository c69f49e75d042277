// Package resolver looks references up: every distinct secret once, all stores
// at the same time, as many requests in flight as allowed.
//
// It alone decides about retries, time limits, the splitting of a failed batch,
// the choice of a field and the use of a default; see internal/providers for
// what a store is left with. It knows neither documents nor any store.
package resolver

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"om-secret-exec/internal/providers"
)

// Want is one reference to look up.
type Want struct {
	Store    string // the name of a store, for Options.Open; "" is the main one
	Ref      providers.Ref
	Field    string // what to choose from the secret, when HasField
	HasField bool
	// Default stands in for a secret or a field that is not there, and for no
	// other failure. Nil means that there is none.
	Default *string
}

// Outcome is the answer to one Want. When Err is nil, Value is the wanted text
// as bytes. It prints and marshals without the value.
type Outcome struct {
	Value     []byte
	Defaulted bool // Value is the default
	Source    providers.Source
	Err       *providers.Error
}

// Options is what a run needs. Open is required; every other zero value means
// what its comment says.
type Options struct {
	// Open returns a store by name. It is called at most once per store, only
	// for stores that are referred to, and from several goroutines. An error
	// that is or wraps a *providers.Error becomes that of every reference to
	// the store.
	Open func(ctx context.Context, store string) (providers.Store, error)
	// Concurrency bounds the requests in flight over all stores; 0 means 64.
	Concurrency int
	// AttemptTimeout bounds one request, so that one which hangs does not use
	// the whole run's time; 0 means 10 seconds.
	AttemptTimeout time.Duration
	// Trace is told of each step, one call at a time; nil means nobody is.
	Trace func(Event)
	// Now and Rand (from 0 up to 1) are the clock and the source of jitter,
	// both safe for concurrent use; nil means the real ones.
	Now  func() time.Time
	Rand func() float64
}

// Stats counts what a run did.
type Stats struct {
	Wants    int // references asked for
	Secrets  int // distinct secrets among them
	Stores   int // stores that were opened
	Requests int // calls of Store.Read
	Retries  int // those of them that repeat a failed one
	Elapsed  time.Duration
}

// Step names what an [Event] tells.
type Step string

// The steps of a run.
const (
	StepOpen  Step = "open"  // a store was opened
	StepRead  Step = "read"  // a request was answered
	StepSplit Step = "split" // references of a failed batch are read one by one
	StepWait  Step = "wait"  // a failed request will be repeated
)

// Event is one step, for people who ask what the program does. It holds no id
// and no value.
type Event struct {
	Step    Step
	Store   string
	Attempt int            // which attempt it was; 1 for the first
	Refs    int            // references concerned
	Failed  int            // those of them that failed
	Code    providers.Code // why the first of these failed
	Took    time.Duration  // for StepWait: how long until the next attempt
}

// Resolve answers the wants, in their order. The deadline of ctx is the run's:
// what is unanswered then fails with TIMEOUT, and with CANCELLED when ctx is
// cancelled. Without a deadline, a store that accepts no connection is waited
// for as long as ctx lives.
func Resolve(ctx context.Context, wants []Want, o Options) ([]Outcome, Stats) {
	r := newRun(o, len(wants))
	start := r.Now()
	reads := collect(wants)
	for _, s := range reads {
		r.stats.Secrets += len(s.refs)
		r.wg.Go(func() { r.store(ctx, s) })
	}
	r.wg.Wait()

	outcomes := make([]Outcome, len(wants))
	for i, w := range wants {
		outcomes[i] = choose(w, *reads[w.Store].results[w.Ref])
	}
	r.stats.Elapsed = r.Now().Sub(start)
	return outcomes, r.stats
}

// storeRead is what is asked of one store, and its answers. The map is complete
// before the first goroutine starts; each result is written by the one
// goroutine that reads its reference.
type storeRead struct {
	name    string
	store   providers.Store
	refs    []providers.Ref
	results map[providers.Ref]*providers.Result
}

// collect gives the distinct references of each store, in the order of wants.
func collect(wants []Want) map[string]*storeRead {
	reads := map[string]*storeRead{}
	for _, w := range wants {
		s := reads[w.Store]
		if s == nil {
			s = &storeRead{name: w.Store, results: map[providers.Ref]*providers.Result{}}
			reads[w.Store] = s
		}
		if s.results[w.Ref] == nil {
			s.results[w.Ref] = &providers.Result{}
			s.refs = append(s.refs, w.Ref)
		}
	}
	return reads
}

// run is the state of one Resolve.
type run struct {
	Options
	wg    sync.WaitGroup
	slots chan struct{} // one per request in flight

	mu    sync.Mutex // guards stats and the order of Trace
	stats Stats
}

func newRun(o Options, wants int) *run {
	if o.Concurrency <= 0 {
		o.Concurrency = 64
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	return &run{Options: o, slots: make(chan struct{}, o.Concurrency), stats: Stats{Wants: wants}}
}

// record counts a step and tells it.
func (r *run) record(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Step == StepOpen {
		r.stats.Stores++
	}
	if e.Step == StepRead {
		r.stats.Requests++
		if e.Attempt > 1 {
			r.stats.Retries++
		}
	}
	if r.Trace != nil {
		r.Trace(e)
	}
}
