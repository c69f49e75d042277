package resolver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

// TestRetry follows one secret through failures. With the fixed jitter of one
// half the waits are 100, 200, 400, 800 and 1600 ms.
func TestRetry(t *testing.T) {
	throttled := &providers.Error{Code: providers.Throttled, Message: "slow down", Retryable: true, Status: 400}
	refused := &providers.Error{Code: providers.Unavailable, Message: "connection refused", Retryable: true, Refused: true}
	after := &providers.Error{Code: providers.Unavailable, Message: "busy", Retryable: true, Status: 503, After: 2 * time.Second}
	denied := &providers.Error{Code: providers.PermissionDenied, Message: "denied", Alone: true}
	tests := []struct {
		name     string
		err      *providers.Error
		times    int // how often it fails
		deadline time.Duration
		want     string
		requests int
		elapsed  time.Duration
	}{
		{"throttled twice", throttled, 2, time.Minute, sentinel, 3, 300 * time.Millisecond},
		{"throttled for ever", throttled, 99, time.Minute, "THROTTLED: slow down (6 attempts)", 6, 3100 * time.Millisecond},
		{"throttled to the deadline", throttled, 99, time.Second, "THROTTLED: slow down (4 attempts; the run's time does not allow another)", 4, 700 * time.Millisecond},
		{"asked to wait", after, 1, time.Minute, sentinel, 2, 2 * time.Second},
		{"asked to wait too long", after, 1, time.Second, "UNAVAILABLE: busy (1 attempt; the run's time does not allow another)", 1, 0},
		{"refused for a while", refused, 20, time.Minute, sentinel, 21, 700*time.Millisecond + 17*500*time.Millisecond},
		{"refused to the deadline", refused, 999, 30 * time.Second, "UNAVAILABLE: connection refused (62 attempts; the run's time does not allow another)", 62, 29700 * time.Millisecond},
		{"final", denied, 1, time.Minute, "PERMISSION_DENIED: denied", 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			original := *tt.err
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.deadline)
				defer cancel()
				f, wants := one(&fake{answer: failing(tt.err, tt.times)})
				outcomes, stats := Resolve(ctx, wants, opening(f))
				if got := show(outcomes)[0]; got != tt.want {
					t.Errorf("outcome = %q, want %q", got, tt.want)
				}
				if stats.Requests != tt.requests || stats.Retries != tt.requests-1 || stats.Elapsed != tt.elapsed {
					t.Errorf("stats = %+v, want %d requests in %s", stats, tt.requests, tt.elapsed)
				}
			})
			if diff := cmp.Diff(original, *tt.err); diff != "" {
				t.Errorf("the store's own error was changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBatchFallsBackToSingles(t *testing.T) {
	denied := &providers.Error{Code: providers.PermissionDenied, Message: "no batch action", Alone: true}
	values, wants := numbered(3)
	delete(values, "id1")
	f := &fake{values: values, batch: 10, answer: failing(denied, 1)}
	outcomes, stats := Resolve(t.Context(), wants, opening(f))
	want := []string{"v0", `NOT_FOUND: no secret "id1"`, "v2"}
	if diff := cmp.Diff(want, show(outcomes)); diff != "" {
		t.Errorf("outcomes differ (-want +got):\n%s", diff)
	}
	if len(f.reads) != 4 || len(f.reads[0]) != 3 || stats.Requests != 4 || stats.Retries != 0 {
		t.Errorf("reads = %v, stats = %+v, want a batch and three singles, no retry", f.reads, stats)
	}
}

// TestItemsOfABatch has every fate an item can have in one batch: the one that
// was answered is not read again, the one that must be alone is, at once, and
// the two that may succeed later are repeated together.
func TestItemsOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, wants := numbered(5)
		delete(values, "id4")
		f := &fake{values: values, batch: 10}
		f.answer = func(_ context.Context, n int, _ []providers.Ref, results []providers.Result) []providers.Result {
			if n == 1 {
				results[1] = providers.Result{Err: &providers.Error{Code: providers.PermissionDenied, Alone: true}}
				results[2] = providers.Result{Err: &providers.Error{Code: providers.Throttled, Retryable: true}}
				results[3] = results[2]
			}
			return results
		}
		outcomes, stats := Resolve(t.Context(), wants, opening(f))
		want := []string{"v0", "v1", "v2", "v3", `NOT_FOUND: no secret "id4"`}
		if diff := cmp.Diff(want, show(outcomes)); diff != "" {
			t.Errorf("outcomes differ (-want +got):\n%s", diff)
		}
		reads := [][]string{{"id0", "id1", "id2", "id3", "id4"}, {"id1"}, {"id2", "id3"}}
		if diff := cmp.Diff(reads, f.reads); diff != "" {
			t.Errorf("reads differ (-want +got):\n%s", diff)
		}
		if stats.Retries != 1 || stats.Requests != 3 {
			t.Errorf("stats = %+v, want 3 requests, one of them a retry", stats)
		}
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []Event
		throttled := &providers.Error{Code: providers.Throttled, Retryable: true}
		f, wants := one(&fake{answer: failing(throttled, 1)})
		o := opening(f)
		o.Trace = func(e Event) { got = append(got, e) }
		Resolve(t.Context(), wants, o)
		want := []Event{
			{Step: StepOpen, Attempt: 1, Refs: 1},
			{Step: StepRead, Attempt: 1, Refs: 1, Failed: 1, Code: providers.Throttled},
			{Step: StepWait, Attempt: 1, Refs: 1, Failed: 1, Code: providers.Throttled, Took: 100 * time.Millisecond},
			{Step: StepRead, Attempt: 2, Refs: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events differ (-want +got):\n%s", diff)
		}
	})
}
