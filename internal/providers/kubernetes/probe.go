package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"

	"om-secret-exec/internal/providers"
)

// asTable asks for a row as kubectl get shows it: the name, the type, how many
// keys there are, and the age. There is no other form to fall back on, for that
// would be the Secret. The form PartialObjectMetadata would give the annotations,
// and kubectl apply keeps the data of a Secret in one.
const asTable = "application/json;as=Table;g=meta.k8s.io;v=v1"

// Probe implements [providers.Prober]. It needs the verb get, as Read does; keys
// of the Secret are not told.
func (st *Store) Probe(ctx context.Context, ref providers.Ref) *providers.Error {
	q, err := st.about(ref)
	if err != nil {
		return err
	}
	q.accept = asTable
	u := q.url()
	u.RawQuery = "includeObject=None"
	a, err := q.ask(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	var table struct {
		Kind string
		Rows []struct{ Cells []any }
	}
	if json.Unmarshal(a.body, &table) != nil || table.Kind != "Table" ||
		len(table.Rows) != 1 || len(table.Rows[0].Cells) == 0 || table.Rows[0].Cells[0] != q.name {
		return q.answered(a, q.foreign(a))
	}
	return nil
}
