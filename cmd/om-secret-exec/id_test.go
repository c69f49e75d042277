package main

import (
	"testing"

	"om-secret-exec/internal/secretid"
)

// FuzzIDsAgainstStores holds secretid to the stores: what it calls storable is
// what a look-up would accept, and every store that it knows is one of ours.
func FuzzIDsAgainstStores(f *testing.F) {
	f.Add("openmetadata", "team", "My Service.v2", "authType.password")
	f.Add("prod.eu", "", "a//b/", "credentials.gcpConfig.privateKey")
	f.Add("x", "", "----------------------------------------", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o")
	f.Fuzz(func(t *testing.T, cluster, prefix, name, path string) {
		owner, err := secretid.Service("database", name)
		if err != nil || cluster == "" || len(path) > 500 {
			return
		}
		field, err := owner.ParseField(path)
		if err != nil {
			return
		}
		server := secretid.Server{Cluster: cluster, Prefix: prefix}
		ids := secretid.All(server, owner, field)
		if app, err := secretid.App(name); err == nil {
			ids = append(ids, secretid.All(server, app, secretid.Field{})...)
		}
		for _, id := range ids {
			if err := checkID(t, id); (err == nil) != id.Storable {
				t.Errorf("%s %s %q: storable is %t, and the store says %v", id.Provider, id.Variant, id.ID, id.Storable, err)
			}
			if createCommand(id.Provider, id.Object) == "" {
				t.Errorf("no command for %s", id.Provider)
			}
		}
	})
}

func checkID(t *testing.T, id secretid.ID) error {
	t.Helper()
	for _, kind := range stores() {
		if kind.Names[0] == id.Provider {
			return kind.CheckID(id.ID)
		}
	}
	t.Fatalf("there is no store %q", id.Provider)
	return nil
}
