package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// program is one side of a comparison.
type program struct {
	argv []string
	env  []string
	want []string // texts that its standard output must hold
}

// run is what one run of a program cost.
type run struct {
	elapsed time.Duration
	peak    int64 // KiB
}

// runs are the runs of one program.
type runs []run

func (r runs) median() time.Duration { return r.sorted()[len(r)/2].elapsed }

// best returns the fastest run, the one that the rest of the machine disturbed
// least.
func (r runs) best() time.Duration { return r.sorted()[0].elapsed }

func (r runs) sorted() runs {
	sorted := slices.Clone(r)
	slices.SortFunc(sorted, func(a, b run) int { return cmp.Compare(a.elapsed, b.elapsed) })
	return sorted
}

// peak returns the most memory that any run had, in MiB.
func (r runs) peak() float64 {
	most := slices.MaxFunc(r, func(a, b run) int { return cmp.Compare(a.peak, b.peak) })
	return float64(most.peak) / 1024
}

// launcher is the path of bench/launch, which measures.
type launcher string

// compare runs two programs by turns, so that whatever else the machine does
// meets both. The first run of each is not counted: it warms the page cache.
func (l launcher) compare(ours, floor program, rounds int) (a, b runs, err error) {
	for i := range rounds + 1 {
		first, err := l.run(ours)
		if err != nil {
			return nil, nil, err
		}
		second, err := l.run(floor)
		if err != nil {
			return nil, nil, err
		}
		if i > 0 {
			a, b = append(a, first), append(b, second)
		}
	}
	return a, b, nil
}

func (l launcher) run(p program) (run, error) {
	command := exec.Command(string(l), p.argv...)
	command.Env = p.env
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return run{}, fmt.Errorf("running %s: %w\n%s", p.argv[0], err, stderr.Bytes())
	}
	for _, want := range p.want {
		if !strings.Contains(stdout.String(), want) {
			return run{}, fmt.Errorf("running %s: its output has no %q", p.argv[0], want)
		}
	}
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	var r run
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d %d", &r.elapsed, &r.peak); err != nil {
		return run{}, fmt.Errorf("reading what launch measured: %w", err)
	}
	return r, nil
}
