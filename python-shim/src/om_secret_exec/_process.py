"""Runs the program: with a time-out, bounded output, and no inherited stdin.

In an Airflow 3 task, descriptor 0 is the connection to the task's supervisor: a
child that reads it breaks the task. A child's own stdout goes unmasked to a
worker's log in Airflow 2. So all three descriptors are pipes or /dev/null.

The program stays in the caller's session and process group: who kills a task's
group kills it as well, even by SIGKILL. When the caller alone is killed, its
pipes close, and the program ends because nobody reads what it would give.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from om_secret_exec._errors import Failure, SecretExecError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the program may print. The largest document it reads has 64 MiB, and a
# message is a line or two; more than this is not our program.
MAX_STDOUT: Final = 256 << 20
MAX_STDERR: Final = 1 << 20  # what came before that is dropped

STOP_GRACE: Final = 2.0  # seconds between SIGTERM and SIGKILL

_CHUNK: Final = 1 << 16
_LONGEST_WAIT: Final = 3600.0  # seconds; the system refuses to wait for a month at once


@dataclass
class Done:
    """How a run ended. The outputs may hold secrets, and are not shown.

    status is the exit status, 128+n if signal n ended the program.
    """

    status: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)


def run(command: list[str], stdin: bytes | None, env: Mapping[str, str], timeout: float) -> Done:
    """Run command to its end, at most timeout seconds.

    It reads stdin, or nothing. Whatever ends this call early, a signal handler's
    exception included, ends the program first. Raises SecretExecError: CONFIG if
    it cannot be started, TIMEOUT, INTERNAL if it prints too much. Safe to call
    from several threads.
    """
    deadline = time.monotonic() + timeout
    process = _start(command, env, reads=stdin is not None)
    try:
        stdout, stderr = _Pipes(process, stdin or b"").exchange(deadline)
        status = _wait(process, deadline)
    except _OutOfTimeError:
        fault = Failure(
            "TIMEOUT", f"om-secret-exec did not end within {timeout:g} s, and was stopped", retryable=True
        )
    except _TooMuchError:
        fault = Failure(
            "INTERNAL", f"om-secret-exec printed more than {MAX_STDOUT >> 20} MiB, and was stopped"
        )
    else:
        return Done(status if status >= 0 else 128 - status, stdout, stderr)
    finally:
        _stop(process)
    # Raised out here, so that no exception that knows the output is its context.
    raise SecretExecError(fault)


class _OutOfTimeError(Exception):
    pass


class _TooMuchError(Exception):
    pass


def _start(command: list[str], env: Mapping[str, str], *, reads: bool) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=dict(env),
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "an argument or variable holds a NUL byte"
    raise SecretExecError(
        Failure(
            "CONFIG",
            f"{command[0]} cannot be run: {reason}",
            hint="install the wheel for this platform again",
        )
    )


class _Pipes:
    """The pipes of a process, served together so that none can block."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes) -> None:
        assert process.stdout is not None  # noqa: S101 - made in _start, this one and the next
        assert process.stderr is not None  # noqa: S101
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._unsent = memoryview(stdin)
        self._out, self._err = bytearray(), bytearray()

    def exchange(self, deadline: float) -> tuple[bytes, bytes]:
        """Send the input and return what was printed until both outputs closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ, self._read_stdout)
            selector.register(self._stderr, selectors.EVENT_READ, self._read_stderr)
            if self._stdin is not None:
                os.set_blocking(self._stdin.fileno(), False)
                selector.register(self._stdin, selectors.EVENT_WRITE, self._write_stdin)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise _OutOfTimeError
                for key, _ in selector.select(min(left, _LONGEST_WAIT)):
                    if not key.data():
                        selector.unregister(key.fileobj)
                        key.fileobj.close()  # type: ignore[union-attr]  # the pipe registered above
        return bytes(self._out), bytes(self._err)

    def _write_stdin(self) -> bool:
        """Send some of the input; tell whether there is more to send."""
        assert self._stdin is not None  # noqa: S101 - else it is not registered
        try:
            sent = os.write(self._stdin.fileno(), self._unsent[:_CHUNK])
        except BrokenPipeError:  # it has read enough; its status says whether that is a fault
            return False
        self._unsent = self._unsent[sent:]
        return len(self._unsent) > 0

    def _read_stdout(self) -> bool:
        chunk = os.read(self._stdout.fileno(), _CHUNK)
        self._out += chunk
        if len(self._out) > MAX_STDOUT:
            raise _TooMuchError
        return chunk != b""

    def _read_stderr(self) -> bool:
        chunk = os.read(self._stderr.fileno(), _CHUNK)
        self._err += chunk
        del self._err[:-MAX_STDERR]
        return chunk != b""


def _wait(process: subprocess.Popen[bytes], deadline: float) -> int:
    """Return the status of a process that has closed its outputs, which ends soon."""
    try:
        return process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise _OutOfTimeError from None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process if it still runs, and close its pipes.

    SIGTERM first, which makes the program end what it has started itself.
    """
    try:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_GRACE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
