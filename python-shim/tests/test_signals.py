"""The program ends with the process that runs it, however that ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Fake

# As Airflow 2: the handler raises in the main thread.
TASK = """
import signal, sys, om_secret_exec
def handler(number, frame):
    raise BaseException("stopped by the test")
signal.signal(signal.SIGTERM, handler)
try:
    om_secret_exec.loads(sys.argv[1])
except BaseException as error:
    print(type(error).__name__, error)
"""


def task(text: str) -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-c", TASK, text],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_handler_that_raises(fake: Fake, tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    # What it reads has been sent by a caller that knows of it: a signal before that
    # leaves it to itself, and to its closed pipes.
    fake(f"cat > /dev/null; exec 3> {fifo}; echo started >&3; exec sleep 60")
    with task("a: b") as process, fifo.open() as alive:
        assert alive.readline() == "started\n"
        process.send_signal(signal.SIGTERM)
        assert alive.read() == ""  # nobody holds it open any longer
        assert process.communicate()[0] == "BaseException stopped by the test\n"


@pytest.mark.usefixtures("binary")
def test_caller_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up that waits for a server is given up when nobody waits for it."""
    monkeypatch.setenv("OM_SECRET_EXEC_TIMEOUT", "10m")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        monkeypatch.setenv("OPENBAO_ADDRESS", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("OPENBAO_TOKEN", "t")
        monkeypatch.setenv("OM_SECRET_EXEC_PROVIDER", "openbao")
        monkeypatch.setenv("OM_SECRET_EXEC_LOADER", "env")
        with task("a: secret:/x") as process:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(60)
                assert connection.recv(1 << 16).startswith(b"GET ")
                process.kill()
                assert connection.recv(1 << 16) == b""
