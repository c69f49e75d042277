"""How the secrets backend asks for one secret: its options, and its one run of the program."""

from __future__ import annotations

import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any, Final

from om_secret_exec import Failure, SecretExecError, get
from om_secret_exec._run import MAX_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from om_secret_exec.airflow._cache import Answer

# How long it is remembered that there is no such secret, or no permission.
MISS_SECONDS: Final = 60.0

_CACHE_SECONDS: Final = 300.0

_KINDS: Final = ("connections", "variables", "config")
_ASKED: Final = ("provider", "loader", "airflow_config", "binary")

# What the grammar of references gives a meaning to; it is written as %XX in an id.
_ESCAPES: Final = str.maketrans({c: f"%{ord(c):02X}" for c in "%?#&"})

_log = logging.getLogger("om_secret_exec.airflow")


class Lookups:
    """The options of a backend, read when the first look-up needs them.

    Raises SecretExecError (CONFIG) for one that cannot be read. Numbers may be
    strings: Airflow's variable for a single option is one.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        sep = options.get("sep")
        self.sep = "/" if sep is None else str(sep)
        self._patterns = {kind: _pattern(options, f"{kind}_lookup_pattern") for kind in _KINDS}
        self._cache_seconds = _seconds(options, "cache_ttl_seconds", _CACHE_SECONDS)
        self._asked = {name: options[name] for name in _ASKED if options.get(name) is not None}
        timeout = _seconds(options, "timeout", 0)
        if timeout:
            self._asked["timeout"] = timeout
        known = {
            "sep",
            "cache_ttl_seconds",
            "timeout",
            *_ASKED,
            *(f"{kind}_lookup_pattern" for kind in _KINDS),
        }
        unknown = sorted(set(options) - known)
        if unknown:
            _log.warning("SecretsBackend ignores the unknown option(s) %s", ", ".join(unknown))

    @property
    def key(self) -> Hashable:
        """Return what tells answers of differently configured backends apart."""
        return tuple(sorted((name, str(value)) for name, value in self._asked.items()))

    def asks(self, kind: str, name: str) -> bool:
        """Report whether ids like this one are looked up at all."""
        pattern = self._patterns[kind]
        if pattern is None:
            return kind == "config"
        return pattern.match(name) is not None

    def ask(self, path: str) -> tuple[Answer, float]:
        """Return what the store says about a path, and for how many seconds that is good.

        The answer is the value, None if there is no such secret, or the error.
        """
        reference = "secret:" + path.translate(_ESCAPES)
        try:
            return get([reference], **self._asked)[reference], self._cache_seconds
        except SecretExecError as error:
            if error.code == "NOT_FOUND":
                return None, min(MISS_SECONDS, self._cache_seconds)
            return error.with_traceback(None), 0.0 if error.retryable else min(
                MISS_SECONDS, self._cache_seconds
            )


def _pattern(options: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    text = options.get(name)
    if text is None:
        return None
    try:
        return re.compile(str(text), re.IGNORECASE)
    except re.error as error:
        trouble = error.msg
    raise SecretExecError(
        Failure(
            "CONFIG",
            f"{name} is not a regular expression: {trouble}",
            hint="mend it in [secrets] backend_kwargs",
        )
    )


def _seconds(options: Mapping[str, Any], name: str, default: float) -> float:
    value = options.get(name)
    if value is None:
        return default
    with contextlib.suppress(TypeError, ValueError):
        if 0 <= float(value) <= MAX_TIMEOUT:  # and not NaN
            return float(value)
    raise SecretExecError(
        Failure("CONFIG", f"{name} is not a number of seconds", hint="mend it in [secrets] backend_kwargs")
    )
