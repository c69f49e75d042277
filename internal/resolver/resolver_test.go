package resolver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

func TestEachSecretOnce(t *testing.T) {
	values, wants := numbered(3)
	wants = append(wants, wants[0], wants[2], wants[0])
	wants = append(wants, Want{Ref: providers.Ref{ID: "id0", Version: "2"}})
	f := &fake{values: values}
	outcomes, stats := Resolve(t.Context(), wants, opening(f))
	want := []string{"v0", "v1", "v2", "v0", "v2", "v0", "v0"}
	if diff := cmp.Diff(want, show(outcomes)); diff != "" {
		t.Errorf("outcomes differ (-want +got):\n%s", diff)
	}
	if len(f.reads) != 4 || stats.Requests != 4 || stats.Secrets != 4 || stats.Wants != 7 || stats.Retries != 0 || stats.Stores != 1 {
		t.Errorf("reads = %v, stats = %+v, want 4 requests for 7 wants", f.reads, stats)
	}
}

func TestNothingWanted(t *testing.T) {
	outcomes, stats := Resolve(t.Context(), nil, Options{Open: func(context.Context, string) (providers.Store, error) {
		t.Error("a store was opened")
		return nil, nil
	}})
	if len(outcomes) != 0 || stats.Requests != 0 {
		t.Errorf("outcomes = %v, stats = %+v, want none", outcomes, stats)
	}
}

func TestBatches(t *testing.T) {
	values, wants := numbered(25)
	f := &fake{values: values, batch: 10}
	outcomes, _ := Resolve(t.Context(), wants, opening(f))
	if got := show(outcomes); got[24] != "v24" || len(f.reads) != 3 {
		t.Errorf("outcomes = %v with %d reads, want 3", got, len(f.reads))
	}
}

func TestStoresOpenOnceAndInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var opened []string
		o := Options{Open: func(_ context.Context, name string) (providers.Store, error) {
			mu.Lock()
			opened = append(opened, name)
			mu.Unlock()
			time.Sleep(time.Second)
			switch name {
			case "bad":
				return nil, fmt.Errorf("wrapped: %w", &providers.Error{Code: providers.Config, Message: "no region"})
			case "foreign":
				return nil, errors.New(sentinel)
			case "panic":
				panic(sentinel)
			case "nil":
				return nil, nil
			}
			return &fake{values: map[string]providers.Secret{"a": {Value: []byte("from " + name)}}}, nil
		}}
		var wants []Want
		for _, name := range []string{"", "two", "bad", "foreign", "panic", "nil", "", "two", "bad"} {
			wants = append(wants, Want{Store: name, Ref: providers.Ref{ID: "a"}})
		}
		outcomes, stats := Resolve(t.Context(), wants, o)
		want := []string{
			"from ", "from two", "CONFIG: no region", "INTERNAL: opening the store gave *errors.errorString",
			"INTERNAL: opening the store: panic of type string", "INTERNAL: opening the store gave <nil>",
			"from ", "from two", "CONFIG: no region",
		}
		if diff := cmp.Diff(want, show(outcomes)); diff != "" {
			t.Errorf("outcomes differ (-want +got):\n%s", diff)
		}
		slices.Sort(opened)
		if diff := cmp.Diff([]string{"", "bad", "foreign", "nil", "panic", "two"}, opened); diff != "" {
			t.Errorf("opened differ (-want +got):\n%s", diff)
		}
		if stats.Elapsed != time.Second {
			t.Errorf("Elapsed = %s, want 1s: all stores at once", stats.Elapsed)
		}
	})
}

func TestConcurrencyBoundsAllStoresTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values, wants := numbered(10)
		for _, w := range wants {
			w.Store = "two"
			wants = append(wants, w)
		}
		f := &fake{values: values, took: time.Second}
		o := opening(f)
		o.Concurrency = 4
		_, stats := Resolve(t.Context(), wants, o)
		if f.atMost != 4 || stats.Elapsed != 5*time.Second || stats.Requests != 20 {
			t.Errorf("at most %d in flight, %+v, want 4, and 20 requests in 5s", f.atMost, stats)
		}
	})
}

// wrongStore breaks the contract of providers.Store.
type wrongStore struct {
	plan func([]providers.Ref) [][]providers.Ref
	read func([]providers.Ref) []providers.Result
}

func (s wrongStore) Plan(refs []providers.Ref) [][]providers.Ref { return s.plan(refs) }
func (s wrongStore) Read(_ context.Context, group []providers.Ref) []providers.Result {
	return s.read(group)
}

func TestWrongStores(t *testing.T) {
	together := func(refs []providers.Ref) [][]providers.Ref { return [][]providers.Ref{refs} }
	tests := []struct {
		name  string
		store wrongStore
		want  string
	}{
		{"plan forgets", wrongStore{plan: func([]providers.Ref) [][]providers.Ref { return nil }}, "INTERNAL: the store's plan"},
		{"plan repeats", wrongStore{plan: func(refs []providers.Ref) [][]providers.Ref { return [][]providers.Ref{refs, refs} }}, "INTERNAL: the store's plan"},
		{"plan invents", wrongStore{plan: func([]providers.Ref) [][]providers.Ref { return [][]providers.Ref{{{ID: "x"}}} }}, "INTERNAL: the store's plan"},
		{"plan panics", wrongStore{plan: func([]providers.Ref) [][]providers.Ref { panic(sentinel) }}, "INTERNAL: planning the requests: panic of type string"},
		{"read panics", wrongStore{plan: together, read: func([]providers.Ref) []providers.Result { panic(errors.New(sentinel)) }}, "INTERNAL: reading from the store: panic of type *errors.errorString"},
		{"too few", wrongStore{plan: together, read: func([]providers.Ref) []providers.Result { return nil }}, "INTERNAL: the store gave 0 answers for 1 references"},
		{"nothing", wrongStore{plan: together, read: func([]providers.Ref) []providers.Result { return make([]providers.Result, 1) }}, `INTERNAL: the store gave neither a value nor an error for "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			outcomes, _ := Resolve(t.Context(), []Want{{Ref: providers.Ref{ID: "a"}}}, opening(tt.store))
			checkOne(t, outcomes, tt.want)
		})
	}
}

func TestOutcomeDoesNotPrint(t *testing.T) {
	f, wants := one(&fake{})
	outcomes, _ := Resolve(t.Context(), wants, opening(f))
	text := fmt.Sprintf("%v %+v %#v %s %x %q", outcomes, outcomes[0], outcomes[0], outcomes[0], outcomes[0], outcomes[0])
	marshalled, err := json.Marshal(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{text, string(marshalled), outcomes[0].LogValue().String()} {
		if strings.Contains(shown, sentinel) || strings.Contains(shown, fmt.Sprintf("%x", sentinel)) || !strings.Contains(shown, redacted) {
			t.Errorf("outcome shows as %q, want %q", shown, redacted)
		}
	}
}
