"""Types into a terminal in which `exec --file` runs, and counts what arrives.

usage: terminal.py PROGRAM DIR WORKFLOW
"""

import os
import pty
import signal
import sys

COMMAND = """
import os, signal, sys
for name in ("INT", "QUIT"):
    signal.signal(getattr(signal, "SIG" + name), lambda n, _: os.write(1, b"got %d\\n" % n))
print("ready", flush=True)
while (line := sys.stdin.readline()) != "end\\n":
    print("line", line.strip(), flush=True)
sys.exit(7)
"""

program, directory, workflow = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    # As a shell does it: the job gets a process group of its own, so that it can
    # be stopped. It makes that the foreground group itself, before it can say
    # that it is ready.
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(program, [program, "exec", "--quiet", "--file", directory, workflow,
                           "--", sys.executable, "-c", COMMAND, "{}"])
    _, status = os.waitpid(job, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        print("stopped", os.WSTOPSIG(status), flush=True)
        os.killpg(job, signal.SIGCONT)
        _, status = os.waitpid(job, 0)
    print("exit", os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)

seen = b""


def until(text: bytes) -> None:
    global seen
    while text not in seen:
        try:
            data = os.read(terminal, 1000)
        except OSError:
            data = b""
        if not data:
            sys.exit(f"no {text!r} in {seen!r}")
        seen += data


until(b"ready")
os.write(terminal, b"\x03")
until(b"got 2")
os.write(terminal, b"\x1c")
until(b"got 3")
os.write(terminal, b"\x1a")
until(b"stopped 20")
os.write(terminal, b"more\n")
until(b"line more")
os.write(terminal, b"end\n")
until(b"exit 7")
for got in (b"got 2", b"got 3"):
    if seen.count(got) != 1:
        sys.exit(f"{got!r} came {seen.count(got)} times: {seen!r}")
os.waitpid(pid, 0)
