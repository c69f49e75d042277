package aws

import "om-secret-exec/internal/providers"

// batchAbove is the number of ids above which batches are used. Up to it,
// parallel single reads are as fast, and they need one permission less.
const batchAbove = 20

// plan groups references: those that may share a request by region, in chunks
// of the service's size, the others alone. A pinned version is never batched,
// because neither batch call can pin one for each id.
func (s *session) plan(refs []providers.Ref, pinned func(providers.Ref) bool) [][]providers.Ref {
	var alone [][]providers.Ref
	var regions []string
	free := map[string][]providers.Ref{}
	count := 0
	for _, ref := range refs {
		if pinned(ref) {
			alone = append(alone, []providers.Ref{ref})
			continue
		}
		region := s.svc.regionOf(ref.ID)
		if region == s.cfg.Region {
			region = "" // with the plain names
		}
		if _, ok := free[region]; !ok {
			regions = append(regions, region)
		}
		free[region] = append(free[region], ref)
		count++
	}
	size := s.svc.batchSize
	if s.noBatch || count <= batchAbove {
		size = 1
	}
	var groups [][]providers.Ref
	for _, region := range regions {
		rest := free[region]
		for len(rest) > size {
			groups, rest = append(groups, rest[:size:size]), rest[size:]
		}
		groups = append(groups, rest)
	}
	return append(groups, alone...)
}

// everyone answers a whole group with one error.
func everyone(group []providers.Ref, err *providers.Error) []providers.Result {
	results := make([]providers.Result, len(group))
	for i := range results {
		own := *err
		results[i].Err = &own
	}
	return results
}
