package delivery

import (
	"path/filepath"
	"slices"
	"strings"
)

// Places are the directories in which a link to a document may be made, best
// first: the user's own, those in memory, those that are left.
func Places(env func(string) (string, bool)) []string {
	runtime, _ := env("XDG_RUNTIME_DIR")
	temp, _ := env("TMPDIR")
	var list []string
	for _, place := range []string{runtime, "/dev/shm", "/run", temp, "/tmp"} {
		// What is relative would mean something else to a command that changes
		// its directory.
		if place = filepath.Clean(place); filepath.IsAbs(place) && !slices.Contains(list, place) {
			list = append(list, place)
		}
	}
	return list
}

// PlacesError means that none of the places can be used, and why.
type PlacesError struct {
	Refusals []Refusal
}

// Refusal is a place and what is wrong with it.
type Refusal struct {
	Place string
	Err   error
}

func (e *PlacesError) Error() string {
	var reasons []string
	for _, r := range e.Refusals {
		reasons = append(reasons, r.Place+": "+reason(r.Err).Error())
	}
	return strings.Join(reasons, "; ")
}

// Unwrap gives what is wrong with each place.
func (e *PlacesError) Unwrap() []error {
	var list []error
	for _, r := range e.Refusals {
		list = append(list, r.Err)
	}
	return list
}
