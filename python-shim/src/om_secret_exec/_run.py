"""One run of the program: how to call it, and what its answer means."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from om_secret_exec import _answer, _binary, _messages, _process
from om_secret_exec._errors import Failure, SecretExecError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_VARIABLE: Final = "OM_SECRET_EXEC_TIMEOUT"
_DEFAULT_TIMEOUT: Final = 30.0  # seconds; the program's own
MAX_TIMEOUT: Final = 1e9  # what the program can count, with room
# Seconds that the program has beyond its time-out: it ends by itself then, and
# says which references were not answered. Only one that hangs is stopped.
_GRACE: Final = 5.0


@dataclass(frozen=True)
class Run:
    """The program and how to call it; the variables may hold credentials."""

    binary: str
    env: Mapping[str, str] = field(repr=False)
    flags: list[str]
    timeout: float  # seconds that the program gives itself

    @classmethod
    def of(  # noqa: PLR0917 - these six are passed on everywhere, in this order
        cls,
        provider: str | None,
        loader: str | None,
        airflow_config: str | os.PathLike[str] | None,
        timeout: float | None,
        binary: str | os.PathLike[str] | None,
        env: Mapping[str, str] | None,
    ) -> Run:
        """Make a run with the options that load documents."""
        if timeout is not None and not 0 < timeout <= MAX_TIMEOUT:
            raise ValueError(f"timeout is {timeout!r}, not a number of seconds")
        variables = {**os.environ, **(env or {})}
        flags = ["--messages=json"]
        for flag, value in (("provider", provider), ("loader", loader), ("airflow-config", airflow_config)):
            if value is not None:
                flags.append(f"--{flag}={os.fspath(value)}")
        if timeout is None:
            timeout = _seconds(variables.get(_TIMEOUT_VARIABLE, ""))
        else:
            flags.append(f"--timeout={math.ceil(timeout * 1000)}ms")
        return cls(_binary.find(binary, variables), variables, flags, timeout)

    def resolve(self, stdin: bytes | None, *arguments: str, expand: bool) -> str:
        """Return the resolved text of the document that the arguments name."""
        when = "always" if expand else "never"
        done = self._run(["resolve", f"--expand-env={when}", *self.flags, *arguments], stdin)
        messages = _messages.read(done.stderr)
        if done.status != 0 or _messages.failed(messages) or not _messages.wrote(messages, len(done.stdout)):
            raise _messages.error(done.status, messages)
        _messages.log(messages)
        return _decoded(done.stdout)

    def get(self, refs: list[str]) -> dict[str, str]:
        """Return the values of references, all of them distinct."""
        done = self._run(["get", "--json", *self.flags], _answer.request(refs))
        messages = _messages.read(done.stderr)
        values, failures = _answer.read(done.stdout, refs)
        if done.status == 0 and len(values) == len(refs):
            _messages.log(messages)
            return values
        if not failures:
            raise _messages.error(done.status, messages)
        raise SecretExecError(*failures, exit_status=done.status, retryable=_messages.may_help(done.status))

    def _run(self, arguments: list[str], stdin: bytes | None) -> _process.Done:
        return _process.run([self.binary, *arguments], stdin, self.env, self.timeout + _GRACE)


# As the program reads its own variable: whole seconds, or numbers with units.
_UNITS: Final = MappingProxyType({"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0})


def _seconds(duration: str) -> float:
    """Return the seconds of a duration such as 90, 90s or 1m30s.

    What cannot be read gives the default: the program refuses it at once.
    """
    if re.fullmatch(r"[0-9]+", duration):
        return float(duration)
    if not re.fullmatch(r"(?:[0-9.]+(?:ms|s|m|h))+", duration):
        return _DEFAULT_TIMEOUT
    try:
        return sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9.]+)(ms|s|m|h)", duration))
    except ValueError:
        return _DEFAULT_TIMEOUT


def _decoded(output: bytes) -> str:
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:  # it holds the output
        pass
    raise SecretExecError(
        Failure("INTERNAL", "om-secret-exec printed a document that is not UTF-8"), exit_status=0
    )
