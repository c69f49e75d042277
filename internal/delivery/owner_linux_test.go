package delivery_test

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// neighbours are names of other runs, made from one of our own: for each,
// whether it is to be swept.
func neighbours(t *testing.T, own string) map[string]bool {
	t.Helper()
	part := strings.Split(own, ".") // om-secret-exec, space, pid, start, number, suffix
	with := func(i int, text string) string {
		changed := slices.Clone(part)
		changed[4] = "7"
		changed[i] = text
		return strings.Join(changed, ".")
	}
	all := map[string]bool{
		endedName(t, own, "7"): true,
		with(4, "8"):           false, // this process
		"om-secret-exec.yaml":  false,
		"workflow.yaml":        false,
		".hidden":              false,
		"om-secret-exec." + part[1] + ".x." + part[3] + ".7.yaml": false,
		// An ended process of another namespace: here its number may be alive there.
		strings.Replace(endedName(t, own, "7"), part[1], "00000000-1", 1): false,
	}
	if part[3] != "" { // this pid, but of an earlier process
		all[with(3, "1")] = true
	}
	return all
}

// endedName is the name for a process that has ended.
func endedName(t *testing.T, own, number string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	part := strings.Split(own, ".")
	part[2], part[4] = strconv.Itoa(cmd.Process.Pid), number
	return strings.Join(part, ".")
}
