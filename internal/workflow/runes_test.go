package workflow

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRuneIndex(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a", "é", "\ufeffa", strings.Repeat("a", 3000), strings.Repeat("é", 3000), strings.Repeat("a😀é", 1500) + "z",
		strings.Repeat("x", runeBlock-1) + "é" + strings.Repeat("y", runeBlock),
	} {
		x := newRuneIndex([]byte(text))
		n := 0
		for at := range text {
			if got := x.count(at); got != n {
				t.Fatalf("%.8q...: count(%d) = %d, want %d", text, at, got, n)
			}
			if got := x.offset(n); got != at {
				t.Fatalf("%.8q...: offset(%d) = %d, want %d", text, n, got, at)
			}
			n++
		}
		if got := x.count(len(text)); got != utf8.RuneCountInString(text) {
			t.Errorf("%.8q...: count at the end = %d", text, got)
		}
		if got := x.offset(n + 5); got != len(text) {
			t.Errorf("%.8q...: offset beyond the end = %d, want %d", text, got, len(text))
		}
	}
}
