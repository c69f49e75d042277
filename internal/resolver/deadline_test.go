package resolver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"om-secret-exec/internal/providers"
)

func TestAttemptTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context, n int, group []providers.Ref, results []providers.Result) []providers.Result {
			if n > 2 {
				return results
			}
			return failed(group, sleep(ctx, time.Hour))
		}
		f, wants := one(&fake{answer: hang})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		o := opening(f)
		o.AttemptTimeout = 3 * time.Second
		outcomes, stats := Resolve(ctx, wants, o)
		checkOne(t, outcomes, sentinel)
		if stats.Requests != 3 || stats.Elapsed != 6300*time.Millisecond {
			t.Errorf("stats = %+v, want 3 requests in 6.3s", stats)
		}
	})
}

func TestEndOfTheRun(t *testing.T) {
	hang := func(ctx context.Context, _ int, group []providers.Ref, _ []providers.Result) []providers.Result {
		return failed(group, sleep(ctx, time.Hour))
	}
	throttledThenHang := func(ctx context.Context, n int, group []providers.Ref, results []providers.Result) []providers.Result {
		if n == 1 {
			return failed(group, &providers.Error{Code: providers.Throttled, Message: "slow down", Retryable: true})
		}
		return hang(ctx, n, group, results)
	}
	throttled := failing(&providers.Error{Code: providers.Throttled, Message: "slow down", Retryable: true}, 99)
	tests := []struct {
		name    string
		answer  func(context.Context, int, []providers.Ref, []providers.Result) []providers.Result
		timeout bool
		want    string
	}{
		{"deadline", hang, true, "TIMEOUT: no answer in the run's time"},
		{"deadline after another failure", throttledThenHang, true, "THROTTLED: slow down (1 attempt; then the run's time was up)"},
		{"cancelled", hang, false, "CANCELLED: stopped before the answer came"},
		{"cancelled while waiting", throttled, false, "CANCELLED: stopped before the answer came"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const end = 250 * time.Millisecond
				ctx, cancel := context.WithCancel(t.Context())
				if tt.timeout {
					ctx, cancel = context.WithTimeout(t.Context(), end)
				} else {
					time.AfterFunc(end, cancel)
				}
				defer cancel()
				f, wants := one(&fake{answer: tt.answer})
				outcomes, stats := Resolve(ctx, wants, opening(f))
				checkOne(t, outcomes, tt.want)
				if !outcomes[0].Err.Retryable || stats.Elapsed != end {
					t.Errorf("error = %+v after %s, want a retryable one after %s", *outcomes[0].Err, stats.Elapsed, end)
				}
			})
		})
	}
}

func TestAnswersBeforeTheDeadlineStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, wants := numbered(5)
		f := &fake{values: values, took: time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		o := opening(f)
		o.Concurrency = 1
		outcomes, _ := Resolve(ctx, wants, o)
		answered := 0
		for _, out := range outcomes {
			if out.Err == nil {
				answered++
			} else if out.Err.Code != providers.Timeout {
				t.Errorf("error = %v, want TIMEOUT", out.Err)
			}
		}
		if answered != 2 || len(f.reads) != 3 {
			t.Errorf("%d answered with %d reads, want 2 and 3", answered, len(f.reads))
		}
	})
}

func TestOverBeforeItStarts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, wants := one(&fake{})
	outcomes, _ := Resolve(ctx, wants, Options{Open: func(context.Context, string) (providers.Store, error) {
		t.Error("a store was opened")
		return nil, errors.New("opened")
	}})
	checkOne(t, outcomes, "CANCELLED")
}

// TestStoreThatDoesNotEnd leaves behind a store that reads a file which does not
// answer, and does not look at its context.
func TestStoreThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := make(chan struct{})
		defer close(answers)
		f, wants := one(&fake{answer: func(_ context.Context, _ int, _ []providers.Ref, results []providers.Result) []providers.Result {
			<-answers
			return results
		}})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		outcomes, stats := Resolve(ctx, wants, opening(f))
		checkOne(t, outcomes, "TIMEOUT: no answer in the run's time")
		if stats.Elapsed != 3*time.Second+patience {
			t.Errorf("it took %s", stats.Elapsed)
		}
	})
}
