package workflow

import (
	"bytes"
	"cmp"
	"slices"
)

// edit puts text in the place of a span.
type edit struct {
	span
	text string
}

// splice carries edits out and returns the new text, and where every edit was
// and is. Edits must not overlap; their order does not matter.
func splice(text []byte, edits []edit) ([]byte, []expansion) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var out bytes.Buffer
	done := make([]expansion, 0, len(edits))
	last := 0
	for _, e := range edits {
		out.Write(text[last:e.start])
		done = append(done, expansion{e.start, e.end, out.Len(), out.Len() + len(e.text)})
		out.WriteString(e.text)
		last = e.end
	}
	out.Write(text[last:])
	return out.Bytes(), done
}
