package openbao

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"time"

	"om-secret-exec/internal/providers"
)

// Probe implements [providers.Prober] by asking for the entry's metadata, which
// hold the state of each version and no data. Version 1 of the engine has none.
func (s *store) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	q, err := s.begin(ctx, ref)
	switch {
	case err != nil:
		return s.placed(err)
	case q.grant.kv == "1":
		return q.error(verdict{
			code: providers.UnsupportedProvider, message: "version 1 of the key-value engine tells nothing of an entry but its data",
			hint: "read it to be sure (--online=read)",
		}, answer{})
	}
	q.probe = true
	a, err := s.answer(ctx, &q)
	if err != nil {
		return s.placed(err)
	}
	return q.state(a)
}

// state judges the metadata of an entry that is there.
func (q question) state(a answer) *providers.Error {
	var entry struct {
		Current  *int                `json:"current_version"`
		Versions map[string]metadata `json:"versions"`
	}
	if !a.readable || json.Unmarshal(a.Data, &entry) != nil || entry.Current == nil {
		return q.error(q.foreign(a), a)
	}
	if *entry.Current == 0 { // metadata alone, which a read does not find
		return q.error(q.notFound(), a)
	}
	name := cmp.Or(q.ref.Version, strconv.Itoa(*entry.Current))
	m, ok := entry.Versions[name]
	if !ok {
		q.ref.Version = name
		return q.error(q.unknownVersion(*entry.Current), a)
	}
	m.Version, _ = strconv.Atoi(name)
	if m.Destroyed || m.deletedBefore(q.now()) {
		return q.error(q.gone(m), a)
	}
	return nil
}

// deletedBefore tells a version that is deleted from one that will be.
func (m metadata) deletedBefore(now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, m.Deleted)
	return m.Deleted != "" && (err != nil || at.Before(now))
}
