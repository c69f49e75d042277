package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

const sentinel = "S3NTINEL"

// fake is a store in memory. It answers from values, in groups of batch (0
// means 1), and keeps every group that it was asked for.
type fake struct {
	values map[string]providers.Secret
	batch  int
	took   time.Duration
	// answer, when it is not nil, may change the results of the n-th Read (from
	// 1), or make it wait.
	answer func(ctx context.Context, n int, group []providers.Ref, results []providers.Result) []providers.Result

	mu               sync.Mutex
	reads            [][]string
	inFlight, atMost int
}

func (f *fake) Plan(refs []providers.Ref) [][]providers.Ref {
	return slices.Collect(slices.Chunk(refs, max(1, f.batch)))
}

func (f *fake) Read(ctx context.Context, group []providers.Ref) []providers.Result {
	f.mu.Lock()
	var ids []string
	for _, ref := range group {
		ids = append(ids, ref.ID)
	}
	f.reads = append(f.reads, ids)
	n := len(f.reads)
	f.inFlight++
	f.atMost = max(f.atMost, f.inFlight)
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.inFlight--; f.mu.Unlock() }()

	results := make([]providers.Result, len(group))
	for i, ref := range group {
		secret, ok := f.values[ref.ID]
		results[i].Secret = secret
		if !ok {
			results[i].Err = &providers.Error{Code: providers.NotFound, Message: fmt.Sprintf("no secret %q", ref.ID)}
		}
	}
	if f.answer != nil {
		results = f.answer(ctx, n, group, results)
	}
	if err := sleep(ctx, f.took); err != nil {
		return failed(group, err)
	}
	return results
}

// sleep waits as a store's client does, and fails in a store's own words.
func sleep(ctx context.Context, d time.Duration) *providers.Error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return &providers.Error{Code: providers.Unavailable, Message: "request ended", Place: "fake"}
	}
}

// numbered returns n secrets id0, id1, ... with the values v0, v1, ... and a
// want for each.
func numbered(n int) (map[string]providers.Secret, []Want) {
	values := map[string]providers.Secret{}
	var wants []Want
	for i := range n {
		id := fmt.Sprintf("id%d", i)
		values[id] = providers.Secret{Value: fmt.Appendf(nil, "v%d", i)}
		wants = append(wants, Want{Ref: providers.Ref{ID: id}})
	}
	return values, wants
}

// one returns a store with the secret "a", and a want for it.
func one(f *fake) (*fake, []Want) {
	f.values = map[string]providers.Secret{"a": {Value: []byte(sentinel)}}
	return f, []Want{{Ref: providers.Ref{ID: "a"}}}
}

// opening returns Options that open f, with a fixed jitter of one half.
func opening(f providers.Store) Options {
	return Options{
		Open: func(context.Context, string) (providers.Store, error) { return f, nil },
		Rand: func() float64 { return 0.5 },
	}
}

func failing(err *providers.Error, times int) func(context.Context, int, []providers.Ref, []providers.Result) []providers.Result {
	return func(_ context.Context, n int, group []providers.Ref, results []providers.Result) []providers.Result {
		if n <= times {
			return failed(group, err)
		}
		return results
	}
}

// show gives outcomes as text: the value, or the error's code and message.
func show(outcomes []Outcome) []string {
	var lines []string
	for _, out := range outcomes {
		line := string(out.Value)
		if out.Err != nil {
			line = string(out.Err.Code) + ": " + out.Err.Message
		}
		lines = append(lines, line)
	}
	return lines
}

// checkOne fails unless there is one outcome, which starts with want, and no
// error of it holds the sentinel.
func checkOne(t *testing.T, outcomes []Outcome, want string) {
	t.Helper()
	got := show(outcomes)
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("outcome = %q, want %q...", got, want)
	}
	for _, out := range outcomes {
		if out.Err != nil && (strings.Contains(fmt.Sprintf("%+v", *out.Err), sentinel) || out.Value != nil) {
			t.Errorf("the failure %+v holds a value", *out.Err)
		}
	}
}
