"""The package's one exception, and how the program's failures become it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Optional

# What to do when something else than om-secret-exec seems to have answered.
IS_IT_OURS: Final = (
    "see whether the program named by OM_SECRET_EXEC_BINARY, or found on PATH, is om-secret-exec"
)


@dataclass(frozen=True)
class Failure:
    """One thing that went wrong. Texts are empty where there is nothing to say.

    code         one of the program's error codes, such as ``NOT_FOUND``
    message      what went wrong; never a secret's value
    where        ``file:line:column`` in the workflow as it was written
    path         the path of the value in the document
    reference    the reference as it was written
    store        the store, and where in it was looked
    identity     who asked
    request_id   the store's id of the request
    http_status  the store's HTTP status, or 0
    retryable    whether trying again may help
    hint         what to do about it
    """

    code: str
    message: str
    where: str = ""
    path: str = ""
    reference: str = ""
    store: str = ""
    identity: str = ""
    request_id: str = ""
    http_status: int = 0
    retryable: bool = False
    hint: str = ""

    def __str__(self) -> str:
        """Return the lines that the program itself would print, hint included."""
        head = f"{self.code}: {self.message}"
        lines = [f"{self.where}: {head}" if self.where else head]
        request = " ".join(
            part for part in (self.request_id, f"HTTP {self.http_status}" if self.http_status else "") if part
        )
        facts = (
            ("reference", self.reference),
            ("path", self.path),
            ("store", self.store),
            ("identity", self.identity),
            ("request", request),
            ("retry", "may help" if self.retryable else ""),
            ("hint", self.hint),
        )
        lines += [f"    {name:<10} {text}" for name, text in facts if text]
        return "\n".join(map(_printable, lines))


class SecretExecError(RuntimeError):
    """The secrets could not be had; nothing was resolved.

    Adds the following attributes to RuntimeError:

    code         the error code that best says why, one of the program's closed list
    failures     a tuple of Failure, one for each thing that went wrong; never empty
    retryable    whether trying again, unchanged, may help: the program's exit
                 status 5, a time-out, or an end that somebody else caused
    exit_status  the program's exit status, 128+n when signal n ended it, or None
                 when it did not run or did not end by itself

    Neither the text nor an attribute, cause or context holds a secret's value.
    """

    code: str
    failures: tuple[Failure, ...]
    retryable: bool
    exit_status: Optional[int]  # noqa: UP045 - evaluated by tools that read annotations on Python 3.9

    def __init__(
        self, *failures: Failure, exit_status: int | None = None, retryable: bool | None = None
    ) -> None:
        """Make the error of one failure or more.

        Without retryable, trying again may help if it may for every failure.
        """
        if retryable is None:
            retryable = all(f.retryable for f in failures)
        super().__init__(_text(failures, exit_status))
        self.failures = failures
        self.retryable = retryable
        self.exit_status = exit_status
        # What a retry cannot mend comes first, unless a retry may mend all.
        self.code = next((f for f in failures if f.retryable == retryable), failures[0]).code

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error cross a process boundary with its attributes."""
        return partial(SecretExecError, exit_status=self.exit_status, retryable=self.retryable), self.failures


def _text(failures: tuple[Failure, ...], exit_status: int | None) -> str:
    """Return the exception's text. It is made here and nowhere else."""
    status = "" if exit_status is None else f" (om-secret-exec exit status {exit_status})"
    if len(failures) == 1:
        first, newline, rest = str(failures[0]).partition("\n")
        return f"{first}{status}{newline}{rest}"
    return "\n".join([f"{len(failures)} failures{status}", *map(str, failures)])


def _printable(line: str) -> str:
    """Escape control characters: what a message quotes must not forge a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
