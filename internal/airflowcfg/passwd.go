package airflowcfg

import (
	"os"
	"strconv"
	"strings"
)

// passwdHome reads /etc/passwd: the home directory of a user by name, or of
// the current uid for "". os/user is not used because it answers from HOME and
// USER for a uid without an entry (usual on OpenShift), where Python has no
// answer; and other user databases need cgo.
func passwdHome(user string) (string, bool) {
	data, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return "", false
	}
	return homeIn(string(data), user, os.Getuid())
}

// homeIn looks a user up in the text of a passwd file, by uid for "".
func homeIn(passwd, user string, uid int) (string, bool) {
	for line := range strings.Lines(passwd) {
		// name:password:uid:gid:comment:home:shell
		f := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(f) < 7 || f[0] == "" {
			continue
		}
		if f[0] == user || user == "" && f[2] == strconv.Itoa(uid) {
			return f[5], true
		}
	}
	return "", false
}
