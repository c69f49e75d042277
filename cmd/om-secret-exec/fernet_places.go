package main

import (
	"fmt"
	"unicode/utf8"
)

// places tells where offsets of a text are, as editors count. They come in
// order: a dump may have thousands, far from its beginning.
type places struct {
	text        []byte
	done        int // how much of it was looked at
	line, start int // number and offset of the line there
}

func (r *rotated) places() *places { return &places{text: r.data, line: 1} }

func (p *places) of(name string, offset int) string {
	for ; p.done < offset; p.done++ {
		if p.text[p.done] == '\n' {
			p.line, p.start = p.line+1, p.done+1
		}
	}
	return fmt.Sprintf("%s:%d:%d", name, p.line, 1+utf8.RuneCount(p.text[p.start:offset]))
}
