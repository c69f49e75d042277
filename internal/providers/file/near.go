package file

import (
	"maps"
	"slices"

	"om-secret-exec/internal/typo"
)

// nearest returns the id of the file that id is most likely a slip of, if any
// is close: one edit in short ids, up to three in long ones.
func nearest(id string, entries map[string]entry) string {
	return typo.Nearest(id, slices.Collect(maps.Keys(entries)), min(3, 1+len(id)/6))
}
