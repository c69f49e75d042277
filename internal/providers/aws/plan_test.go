package aws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

func many(n int, format string) []providers.Ref {
	var out []providers.Ref
	for i := range n {
		out = append(out, providers.Ref{ID: fmt.Sprintf(format, i)})
	}
	return out
}

func sizes(groups [][]providers.Ref) []int {
	var out []int
	for _, g := range groups {
		out = append(out, len(g))
	}
	return out
}

func ones(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

func TestPlanSizes(t *testing.T) {
	pinned := providers.Ref{ID: "/p", Version: "7"}
	sm := &secretsManager{session: &session{svc: secretsManagerService()}}
	ps := &parameterStore{session: &session{svc: parameterStoreService()}}
	never := &secretsManager{session: &session{svc: secretsManagerService(), noBatch: true}}
	selected := providers.Ref{ID: "/p:prod"}
	tests := []struct {
		name  string
		store providers.Store
		in    []providers.Ref
		want  []int
	}{
		{"nothing", sm, nil, nil},
		{"20 are read alone", sm, many(20, "/s%d"), ones(20)},
		{"21 make a batch", sm, many(21, "/s%d"), []int{20, 1}},
		{"a pinned one does not count", sm, append(many(20, "/s%d"), pinned), ones(21)},
		{"a pinned one stays alone", sm, append(many(21, "/s%d"), pinned), []int{20, 1, 1}},
		{"batches forbidden", never, many(45, "/s%d"), ones(45)},
		{"tens of parameters", ps, many(25, "/p%d"), []int{10, 10, 5}},
		{"20 parameters are read alone", ps, many(20, "/p%d"), ones(20)},
		{"a selector stays alone", ps, append(many(21, "/p%d"), selected, pinned), []int{10, 10, 1, 1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.store.Plan(tt.in)
			if diff := cmp.Diff(tt.want, sizes(got)); diff != "" {
				t.Errorf("Plan(%d refs): group sizes (-want +got)\n%s", len(tt.in), diff)
			}
			seen := map[providers.Ref]int{}
			for _, g := range got {
				for _, ref := range g {
					seen[ref]++
				}
			}
			for _, ref := range tt.in {
				if seen[ref] != 1 {
					t.Errorf("Plan: %v is in %d groups, want 1", ref, seen[ref])
				}
			}
		})
	}
}

func TestPlanKeepsRegionsApart(t *testing.T) {
	sm := &secretsManager{session: &session{svc: secretsManagerService(), cfg: aws.Config{Region: "cn-northwest-1"}}}
	in := append(many(10, "/s%d"), many(15, "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:s%d")...)
	in = append(in, many(5, "arn:aws-cn:secretsmanager:cn-northwest-1:123456789012:secret:s%d")...)
	got := sm.Plan(in)
	if diff := cmp.Diff([]int{15, 15}, sizes(got)); diff != "" {
		t.Fatalf("Plan: group sizes (-want +got)\n%s", diff)
	}
	for _, ref := range got[1] {
		if r := sm.svc.regionOf(ref.ID); r != "cn-north-1" {
			t.Errorf("regionOf(%q) = %q, want cn-north-1", ref.ID, r)
		}
	}
}
