"""Run a server module until the test process that started it is gone.

usage: python -c THIS MODULE [ARG...]

Standard input is a pipe whose other end only the test process holds. However
that process ends, the kernel closes the pipe, and the server goes with it: no
process and no file is left behind by a killed test run.
"""
import os
import runpy
import shutil
import sys
import tempfile
import threading


def watch(directory: str) -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)


home = tempfile.mkdtemp(prefix="om-secret-exec-server-")
threading.Thread(target=watch, args=(home,), daemon=True).start()
# The servers keep state and a pid file in the temporary directory.
os.environ["TMPDIR"] = os.environ["HOME"] = tempfile.tempdir = home
os.chdir(home)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
