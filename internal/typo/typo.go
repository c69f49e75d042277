// Package typo guesses which name was meant by a misspelt one, for hints.
package typo

// Nearest returns the candidate that word is most likely a slip of: the one
// with the fewest edits (bytes inserted, left out or changed), at most limit,
// and the first in the alphabet among equals. It is "" when none is close. A
// candidate of which nothing would be left is never close.
func Nearest(word string, candidates []string, limit int) string {
	best, least := "", limit+1
	for _, c := range candidates {
		if abs(len(word)-len(c)) > limit {
			continue
		}
		d := distance(word, c)
		if d < len(c) && (d < least || d == least && best != "" && c < best) {
			best, least = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func abs(n int) int { return max(n, -n) }
