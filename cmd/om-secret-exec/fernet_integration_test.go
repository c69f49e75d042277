//go:build integration

package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"om-secret-exec/internal/testenv"
)

// terminalScript runs the program on a terminal of its own, types at it, and
// prints what the terminal showed, the exit code, and whether it shows again
// what is typed.
const terminalScript = `
import json, os, pty, select, signal, subprocess, sys, termios, time
binary, typed, sig = sys.argv[1:4]
main, side = pty.openpty()
env = {"FERNET_KEY": "A" * 43 + "=", "HOME": "/nonexistent"}
p = subprocess.Popen([binary, "fernet", *sys.argv[4:]], stdin=side, stdout=side, stderr=side, env=env,
                     start_new_session=True)
shown, sent = b"", False
def echo():
    return bool(termios.tcgetattr(side)[3] & termios.ECHO)
end = time.monotonic() + 30
while p.poll() is None and time.monotonic() < end:
    if select.select([main], [], [], 0.05)[0]:
        shown += os.read(main, 65536)
    if b"(not shown): " in shown and not sent and not echo():
        sent = True
        os.write(main, typed.encode())
        if sig != "0":
            p.send_signal(int(sig))
while select.select([main], [], [], 0)[0]:
    shown += os.read(main, 65536)
json.dump({"Shown": shown.decode(), "Code": p.poll(), "Echo": echo()}, sys.stdout)
`

// TestFernetOnATerminal types a value: it is not shown, and a signal leaves the
// terminal as it was.
func TestFernetOnATerminal(t *testing.T) {
	t.Parallel()
	type screen struct {
		Shown string
		Code  int
		Echo  bool
	}
	run := func(typed, sig string, args ...string) (s screen) {
		t.Helper()
		command := append([]string{"-c", terminalScript, testenv.Binary(t), typed, sig}, args...)
		out, err := exec.CommandContext(t.Context(), testenv.Python(t, "plain"), command...).Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &s); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.Shown, "S3NTINEL") && args[0] == "encrypt" {
			t.Errorf("the terminal shows the value: %q", s.Shown)
		}
		if !s.Echo {
			t.Errorf("%v leaves a terminal that does not show what is typed", args)
		}
		return s
	}
	s := run("S3NTINEL\n", "0", "encrypt")
	_, token, ok := strings.Cut(s.Shown, "value (not shown): \r\n")
	if token = strings.TrimSpace(token); s.Code != 0 || !ok || !strings.HasPrefix(token, "fernet:gA") {
		t.Fatalf("encrypt: %+v", s)
	}
	if s := run(token+"\n", "0", "decrypt"); s.Code != 0 || s.Shown != "token (not shown): \r\nS3NTINEL\r\n" {
		t.Errorf("decrypt: %+v", s)
	}
	if s := run("S3NT", "2", "encrypt"); s.Code != exitSignal+2 || !strings.Contains(s.Shown, "nothing was written") {
		t.Errorf("SIGINT: %+v", s)
	}
}
