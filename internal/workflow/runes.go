package workflow

import (
	"sort"
	"unicode/utf8"
)

// runeIndex counts code points in a text that is UTF-8. The parsers count
// columns in these; counting anew from the start of the line would make a
// document on one long line cost the square of its length.
type runeIndex struct {
	text []byte
	// blocks holds how many code points start before each multiple of
	// runeBlock.
	blocks []int
}

const runeBlock = 1024 // bytes

func newRuneIndex(text []byte) runeIndex {
	x := runeIndex{text: text, blocks: make([]int, 1, len(text)/runeBlock+1)}
	n := 0
	for at, c := range text {
		if at > 0 && at%runeBlock == 0 {
			x.blocks = append(x.blocks, n)
		}
		if utf8.RuneStart(c) {
			n++
		}
	}
	return x
}

// count is the number of code points before a byte offset.
func (x runeIndex) count(at int) int {
	block := min(at/runeBlock, len(x.blocks)-1)
	n := x.blocks[block]
	for _, c := range x.text[block*runeBlock : at] {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// offset is the byte offset of the code point that n others come before, or the
// text's end.
func (x runeIndex) offset(n int) int {
	block := max(0, sort.SearchInts(x.blocks, n+1)-1)
	left := n - x.blocks[block]
	for at := block * runeBlock; at < len(x.text); at++ {
		if !utf8.RuneStart(x.text[at]) {
			continue
		}
		if left == 0 {
			return at
		}
		left--
	}
	return len(x.text)
}
