package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// table prints one line per measurement and counts the limits that broke.
//
// The column best is the ratio of the two fastest runs, which no limit looks
// at: where it is far below the ratio, the machine was busy with other things.
type table struct {
	broken int
	peak   float64 // MiB, the most so far
	noise  float64 // the most that a floor program's median was above its best
}

func (t *table) header() {
	fmt.Printf("%-28s %10s %10s %8s %8s %8s\n", "medians", "ours", "floor", "ratio", "limit", "best")
}

func (t *table) verdict(value, limit float64) string {
	if value > limit {
		t.broken++
		return "BROKEN"
	}
	return "ok"
}

func (t *table) ratio(what string, ours, floor runs, limit float64, note string) {
	a, b := ours.median(), floor.median()
	ratio := float64(a) / float64(b)
	best := float64(ours.best()) / float64(floor.best())
	fmt.Printf("%-28s %10s %10s %8.2f %8.2f %8.2f  %s%s\n",
		what, milliseconds(a), milliseconds(b), ratio, limit, best, t.verdict(ratio, limit), note)
	t.peak = max(t.peak, ours.peak())
	t.noise = max(t.noise, float64(b)/float64(floor.best()))
}

func (t *table) amount(what string, value, limit float64, unit string) {
	fmt.Printf("%-28s %10s %10s %8s %8.2f %8s  %s\n", what, fmt.Sprintf("%.2f %s", value, unit), "", "", limit, "", t.verdict(value, limit))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func (t *table) start(l launcher, binary, hello string, rounds int) error {
	ours, floor, err := l.compare(
		program{argv: []string{binary, "version"}, want: []string{"om-secret-exec"}},
		program{argv: []string{hello}, want: []string{"hello"}}, rounds)
	if err != nil {
		return err
	}
	t.ratio("start (version, hello)", ours, floor, startLimit, "")
	return nil
}

// lookups compares the time for 1 to 200 references, in both AWS stores.
func (t *table) lookups(l launcher, binary, dir string, rounds int) error {
	ca := filepath.Join(dir, "ca.pem")
	cloud, err := newCloud(ca)
	if err != nil {
		return err
	}
	defer cloud.server.Close()
	env := []string{
		"HOME=" + dir, "AWS_ENDPOINT_URL=" + cloud.server.URL, "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=bench", "AWS_EC2_METADATA_DISABLED=true",
	}
	for _, store := range []struct{ provider, service string }{{"aws", "secretsmanager"}, {"aws-ssm", "ssm"}} {
		for _, n := range []int{1, 10, 50, 200} {
			path := filepath.Join(dir, "workflow.yaml")
			ids, err := workflow(path, store.provider, n)
			if err != nil {
				return err
			}
			ours := program{argv: []string{binary, "resolve", path, "--ca-file", ca}, env: env}
			floor := program{argv: append([]string{filepath.Join(dir, "floor"), store.service, cloud.server.URL, ca}, ids...), env: env}
			for _, id := range ids {
				ours.want = append(ours.want, valueOf(id))
			}
			floor.want = ours.want
			note, err := cloud.traffic(l, ours, floor)
			if err != nil {
				return err
			}
			a, b, err := l.compare(ours, floor, rounds)
			if err != nil {
				return err
			}
			t.ratio(fmt.Sprintf("%d references, %s", n, store.provider), a, b, lookupLimit, note)
		}
	}
	t.amount("peak memory of all runs", t.peak, memoryLimit, "MiB")
	return nil
}

// traffic says how many requests and connections each program makes, since that
// is what decides its time.
func (c *cloud) traffic(l launcher, ours, floor program) (string, error) {
	var counts [4]int64
	for i, p := range []program{ours, floor} {
		requests, connections := c.requests.Load(), c.connections.Load()
		if _, err := l.run(p); err != nil {
			return "", err
		}
		counts[2*i], counts[2*i+1] = c.requests.Load()-requests, c.connections.Load()-connections
	}
	return fmt.Sprintf("  (requests %d/%d, connections %d/%d)", counts[0], counts[2], counts[1], counts[3]), nil
}

func (t *table) size(binary string) error {
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	t.amount("size, stripped", float64(info.Size())/1e6, sizeLimit, "MB")
	return nil
}
