"""The functions of the package: each makes one run of the program."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec import _answer, _binary, _messages, _parse, _process
from om_secret_exec._errors import Failure, SecretExecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_YAML: Final = frozenset({".yaml", ".yml"})
_JSON: Final = ".json"

_TIMEOUT_VARIABLE: Final = "OM_SECRET_EXEC_TIMEOUT"
_DEFAULT_TIMEOUT: Final = 30.0  # seconds; the program's own
# Seconds that the program has beyond its time-out: it ends by itself then, and
# says which references were not answered. Only one that hangs is stopped.
_GRACE: Final = 5.0


def load(
    path: str | os.PathLike[str],
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = True,
) -> dict[str, Any]:
    """Return the workflow in a file with every reference replaced by its value.

    The file is read as ``metadata -c`` reads it: a regular file whose name ends
    in ``.yaml``, ``.yml`` or ``.json`` (in lower case), with variables (``$NAME``)
    expanded unless expand is False. YAML needs PyYAML, which OpenMetadata brings.

    provider        the secrets manager, instead of the workflow's own
    loader          where its settings come from: airflow, env, noop or auto
    airflow_config  the airflow.cfg to read
    timeout         seconds for the look-ups; by default OM_SECRET_EXEC_TIMEOUT, or
                    30. A program that hangs is stopped 5 seconds later
    binary          the program; by default OM_SECRET_EXEC_BINARY, the one that was
                    installed with the package, or the one on PATH
    env             variables to set beside those of this process

    All or nothing: raises SecretExecError when anything cannot be resolved, with
    every failure. Values are never logged; warnings go to the logger
    ``om_secret_exec``. Safe to call from several threads.
    """
    run = _Run.of(provider, loader, airflow_config, timeout, binary, env)
    name = os.fspath(path)
    suffix = Path(name).suffix
    if suffix not in _YAML and suffix != _JSON:
        raise _document_error(name, f"the name ends in {suffix or 'no suffix'!r}", "name it .yaml, .yml or .json")
    if not Path(name).is_file():
        raise _document_error(name, "there is no such file", "give the path of a regular file")
    resolved = run.resolve(None, expand, "--", name)
    return _mapping(_parse.json_text(resolved, name) if suffix == _JSON else _parse.yaml_text(resolved, name), name)


def loads(
    text: str,
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = False,
) -> dict[str, Any]:
    """Return the workflow in text with every reference replaced by its value.

    It stands in for the ``yaml.safe_load(config)`` of a DAG: variables are not
    expanded unless expand is True. A text that is JSON is read as JSON, any other
    as YAML. Options and errors are those of load.
    """
    run = _Run.of(provider, loader, airflow_config, timeout, binary, env)
    resolved = run.resolve(_encoded(text), expand, "-")
    return _mapping(_parse.either(resolved, _TEXT), _TEXT)


def resolve(
    text: str,
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    expand: bool = False,
) -> str:
    """Return the text of a workflow with every reference replaced by its value.

    The rest of the text stays as it is. Options and errors are those of load.
    """
    run = _Run.of(provider, loader, airflow_config, timeout, binary, env)
    return run.resolve(_encoded(text), expand, "-")


def get(
    refs: Iterable[str],
    *,
    provider: str | None = None,
    loader: str | None = None,
    airflow_config: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    binary: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the values of references, as written (``secret:...``) or by id.

    The result has each of refs as a key. Without references, nothing is run. The
    provider comes from the argument or from OM_SECRET_EXEC_PROVIDER. At most 1,000
    references and 1 MiB of them at a time. Options and errors are those of load; a
    value that is not text is an error (code NOT_UTF8).
    """
    if isinstance(refs, str):
        raise TypeError("refs is one str: give a list of references")
    run = _Run.of(provider, loader, airflow_config, timeout, binary, env)
    wanted = list(dict.fromkeys(refs))
    return run.get(wanted) if wanted else {}


_TEXT: Final = "the workflow"


@dataclass(frozen=True)
class _Run:
    """What the functions have in common: the program and how to call it."""

    binary: str
    env: Mapping[str, str]
    flags: list[str]
    timeout: float

    @classmethod
    def of(  # noqa: PLR0913 - the options of the public functions, in their order
        cls,
        provider: str | None,
        loader: str | None,
        airflow_config: str | os.PathLike[str] | None,
        timeout: float | None,
        binary: str | os.PathLike[str] | None,
        env: Mapping[str, str] | None,
    ) -> _Run:
        if timeout is not None and not (timeout > 0 and math.isfinite(timeout)):
            raise ValueError(f"timeout is {timeout!r}, not a number of seconds")
        variables = {**os.environ, **(env or {})}
        flags = ["--messages=json"]
        for flag, value in (("provider", provider), ("loader", loader), ("airflow-config", airflow_config)):
            if value is not None:
                flags.append(f"--{flag}={os.fspath(value)}")
        if timeout is None:
            timeout = _seconds(variables.get(_TIMEOUT_VARIABLE, ""))
        else:
            flags.append(f"--timeout={timeout * 1000:.0f}ms")
        return cls(_binary.find(binary, variables), variables, flags, timeout)

    def resolve(self, stdin: bytes | None, expand: bool, *arguments: str) -> str:  # noqa: FBT001 - a word of the caller's
        when = "always" if expand else "never"
        done = self._run(["resolve", f"--expand-env={when}", *self.flags, *arguments], stdin)
        messages = _messages.read(done.stderr)
        if done.status != 0:
            raise _messages.error(done.status, messages)
        _messages.log(messages)
        return _decoded(done.stdout)

    def get(self, refs: list[str]) -> dict[str, str]:
        done = self._run(["get", "--json", *self.flags], _answer.request(refs))
        messages = _messages.read(done.stderr)
        values, failures = _answer.read(done.stdout, refs)
        if done.status == 0 and not failures:
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


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # it holds the text
        pass
    raise _document_error(_TEXT, "half of a surrogate pair cannot be written as UTF-8", "decode the text as UTF-8")


def _decoded(output: bytes) -> str:
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:  # it holds the output
        pass
    raise SecretExecError(Failure("INTERNAL", "om-secret-exec printed a document that is not UTF-8"), exit_status=0)


def _document_error(name: str, message: str, hint: str) -> SecretExecError:
    return SecretExecError(Failure("DOCUMENT", message, where=name, hint=hint))


def _mapping(value: object, name: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _document_error(name, f"it holds a {type(value).__name__}, not a mapping", "give a whole workflow")
