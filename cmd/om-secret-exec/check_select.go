package main

import (
	"slices"
	"strings"

	"om-secret-exec/internal/check"
)

// selection makes of --select and --ignore the question whether a code is
// shown. --ignore wins.
func selection(selected, ignored []string) (func(code string) bool, error) {
	for _, words := range [][]string{selected, ignored} {
		for i, word := range words {
			words[i] = strings.ToUpper(strings.TrimSpace(word))
			if err := checkCode(words[i]); err != nil {
				return nil, err
			}
		}
	}
	return func(code string) bool {
		begins := func(word string) bool { return strings.HasPrefix(code, word) }
		return (len(selected) == 0 || slices.ContainsFunc(selected, begins)) && !slices.ContainsFunc(ignored, begins)
	}, nil
}

// checkCode refuses a word that no code begins with.
func checkCode(word string) error {
	var codes []string
	for _, r := range check.Rules() {
		if word != "" && strings.HasPrefix(r.Code, word) {
			return nil
		}
		codes = append(codes, r.Code)
	}
	return usagef(didYouMean(word, codes, ""), "no code is or begins with %q", word)
}
