// Package arrows holds the rules about who may import whom as tests, and
// nothing else. They are rules about the whole module and about the built
// program, so they have no better home than one of their own.
package arrows
