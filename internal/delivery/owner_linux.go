package delivery

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// owner is a process, named so that a later run can tell whether it is still
// there, and whether it could know that at all.
type owner struct {
	// space is the kernel, the pid namespace that pid counts in and the time
	// namespace that start counts in. Empty where that is not known: nothing can
	// be said of such an owner.
	space string
	pid   int
	// start is when the process started, which tells it from a later one with
	// the same pid; empty where the system does not say.
	start string
}

// name is a file name that carries the owner: something of the owner's own,
// and a suffix with its dot.
func (o owner) name(own int, suffix string) string {
	return fmt.Sprintf("%s%s.%d.%s.%d%s", ourPrefix, o.space, o.pid, o.start, own, suffix)
}

// ownerOf reads a name that [owner.name] made.
func ownerOf(name string) (o owner, ok bool) {
	rest, ok := strings.CutPrefix(name, ourPrefix)
	parts := strings.Split(rest, ".")
	if !ok || len(parts) != 5 {
		return owner{}, false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid < 1 {
		return owner{}, false
	}
	return owner{space: parts[0], pid: pid, start: parts[2]}, true
}

// gone tells whether o's process, seen from us, has certainly ended. Somebody
// else's pid says nothing: in another namespace it may be alive.
func (o owner) gone(us owner) bool {
	if us.space == "" || o.space != us.space {
		return false
	}
	if errors.Is(syscall.Kill(o.pid, 0), syscall.ESRCH) {
		return true
	}
	now := startOf(o.pid)
	return now != "" && o.start != "" && now != o.start
}

// sweepable tells whether we may remove what has this name.
func sweepable(name string, us owner) bool {
	o, ours := ownerOf(name)
	return ours && o.gone(us)
}
