"""Look-ups that OpenMetadata's own error handling cannot swallow."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Final

from om_secret_exec._api import loads
from om_secret_exec._errors import Failure, SecretExecError

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX: Final = "secret:"

_KEY: Final = "secret"

_log = logging.getLogger("om_secret_exec")

# Operators choose with these what a workflow's own words are about.
_CHOICES: Final = (("provider", "OM_SECRET_EXEC_PROVIDER"), ("loader", "OM_SECRET_EXEC_LOADER"))

# Modules that only pass on what somebody else asks for.
_BETWEEN: Final = ("om_secret_exec.", "metadata.ingestion.models.custom_pydantic", "pydantic")


class UnresolvedReferenceError(BaseException):
    """A reference could not be resolved, and the run must end.

    It does not derive from Exception: OpenMetadata catches each of those, and goes
    on with the text of the reference as the password. Adds this attribute to
    BaseException:

    error   the SecretExecError that says what went wrong
    """

    error: SecretExecError

    def __init__(self, error: SecretExecError) -> None:
        """Make the exception; its text is that of error."""
        super().__init__(str(error))
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it cross a process boundary with its attribute."""
        return UnresolvedReferenceError, (self.error,)


class Lookups:
    """Values of references, each looked up once. Safe for threads and forks.

    options are those of om_secret_exec.loads. fail is given each failure, besides who
    asks, which may be a thread or a careless handler that keeps it to itself.
    """

    def __init__(self, options: dict[str, Any], fail: Callable[[SecretExecError], object]) -> None:
        self.options = options
        self._fail = fail
        self._values: dict[tuple[str, str | None, str | None], str] = {}
        self._reset_lock()

    def value(self, reference: str, provider: str | None, loader: str | None) -> str:
        """Return what reference stands for in a workflow with this provider and loader.

        Raises UnresolvedReferenceError, and nothing else, if that cannot be had.
        Failures are not kept: who asks again wants to try again.
        """
        if self._pid != os.getpid():  # forked, maybe while another thread held the lock
            self._reset_lock()
        key = (reference, provider, loader)
        with self._lock:
            if key not in self._values:
                self._values[key] = self._look_up(*key)
            return self._values[key]

    def _reset_lock(self) -> None:
        # Reentrant: a signal handler may ask while its thread is asking.
        self._pid, self._lock = os.getpid(), threading.RLock()

    def _look_up(self, reference: str, provider: str | None, loader: str | None) -> str:
        where = ""
        try:
            where = _asking()
            _log.info("%s: looking up %s", where, _shown(reference))
            value = self._resolved(reference, provider, loader)
            _mask(value)
        except SecretExecError as error:
            failed = _placed(error, where)
        except Exception as error:  # noqa: BLE001 - whatever it is, the text must not become the password
            failed = SecretExecError(
                Failure(
                    "INTERNAL", f"the look-up ended with {type(error).__name__}", where, reference=reference
                )
            )
        else:
            return value
        self._fail(failed)
        raise UnresolvedReferenceError(failed)  # out here, so that nothing is its context

    def _resolved(self, reference: str, provider: str | None, loader: str | None) -> str:
        """Resolve a document that is the reference alone, by the rules for documents."""
        options = dict(self.options)
        for (option, variable), own in zip(_CHOICES, (provider, loader)):
            if options.get(option) is None and not os.environ.get(variable):
                options[option] = own
        with _named(reference):
            value: str = loads(json.dumps({_KEY: reference}), **options)[_KEY]
        return value


@contextmanager
def _named(reference: str) -> Iterator[None]:
    """Have what is logged about our document say which reference it is about."""
    thread = threading.get_ident()

    def name(record: logging.LogRecord) -> bool:
        if record.thread == thread and isinstance(record.args, tuple):
            record.msg, record.args = f"%s: {record.msg}", (_shown(reference), *record.args)
        return True

    _log.addFilter(name)
    try:
        yield
    finally:
        _log.removeFilter(name)


def _shown(reference: str) -> str:
    return reference.partition("?")[0]  # a default may be secret


def _placed(error: SecretExecError, where: str) -> SecretExecError:
    """Return error with the place in Python that asked, not the place in our document."""
    failures = (dataclasses.replace(f, where=where, path="") for f in error.failures)
    return SecretExecError(*failures, exit_status=error.exit_status, retryable=error.retryable)


def _asking() -> str:
    """Return who asks for the value, as ``module:line``."""
    frame = sys._getframe()  # noqa: SLF001 - the traceback module would read source files
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_BETWEEN):
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__', '?')}:{frame.f_lineno}"


def _mask(value: str) -> None:
    """Have Airflow mask value in what it logs, where Airflow runs this."""
    if "airflow" in sys.modules:
        from om_secret_exec.airflow import _mask as masker

        masker.mask((value,))


def for_task(error: SecretExecError) -> Exception:
    """Return what to raise for error: in Airflow, what makes it fail or retry the task."""
    if "airflow" not in sys.modules:
        return error
    from om_secret_exec.airflow import _failures

    return _failures.for_task(error)
