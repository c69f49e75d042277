"""Run a program until the test process that started it is gone.

usage: python -c THIS DIRECTORY PROGRAM [ARG...]

The directory is the program's working directory and home, and is removed with
it. Standard input is a pipe whose other end only the test process holds: see
serve.py, which does the same for servers that are Python modules.
"""
import os
import shutil
import subprocess
import sys
import threading

directory, command = sys.argv[1], sys.argv[2:]
home = dict(os.environ, HOME=directory, TMPDIR=directory)
child = subprocess.Popen(command, cwd=directory, env=home, stdin=subprocess.DEVNULL)


def watch() -> None:
    sys.stdin.buffer.read()
    child.kill()  # it has no state that anybody wants


threading.Thread(target=watch, daemon=True).start()
try:
    code = child.wait()
finally:
    child.kill()
    child.wait()
    shutil.rmtree(directory, ignore_errors=True)
sys.stdout.flush()
os._exit(code if code >= 0 else 1)  # the thread may still wait for the pipe
