package settings

import (
	"slices"
	"strings"

	"om-secret-exec/internal/typo"
)

// nearest returns the name that was probably meant, or "": one that differs in
// case, by two letters, or that has the word as a part (azure, bao).
func nearest(word string, names []string) string {
	word = strings.ToLower(word)
	if best := typo.Nearest(word, names, 2); best != "" || len(word) < 3 {
		return best
	}
	part := func(name string) bool { return strings.Contains(name, word) || strings.HasPrefix(word, name) }
	if i := slices.IndexFunc(names, part); i >= 0 {
		return names[i]
	}
	return ""
}
