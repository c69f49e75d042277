"""Reads what the program says on stderr with --messages=json."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from om_secret_exec._errors import IS_IT_OURS, Failure, SecretExecError

_log = logging.getLogger("om_secret_exec")

_PREFIX: Final = "om-secret-exec: "
_LEVELS: Final = {"warning": logging.WARNING, "note": logging.INFO}

# What an exit status stands for when no message says more.
_CODES: Final = {2: "CONFIG", 4: "PERMISSION_DENIED", 5: "UNAVAILABLE", 74: "OUTPUT"}

_RETRY_STATUS: Final = 5
_SIGNALS: Final = range(129, 129 + 64)


def read(stderr: bytes) -> list[dict[str, Any]]:
    """Return the messages in the order in which they were printed.

    A line of the program's own that is not JSON (it says so until it has read its
    options) becomes a message, too. What anybody else printed is left out, since
    nobody knows what it holds.
    """
    messages = []
    for line in stderr.decode("utf-8", "replace").split("\n"):  # JSON may hold other line ends
        message = _object(line)
        if message is None and line.startswith(_PREFIX):
            kind, _, text = line[len(_PREFIX) :].partition(": ")
            message = {"kind": kind, "message": text}
        if message is not None:
            messages.append(message)
    return messages


def _object(line: str) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("kind"), str) else None


def log(messages: list[dict[str, Any]]) -> None:
    """Log the warnings and notes, each with its hint; they hold no values."""
    for i, message in enumerate(messages):
        level = _LEVELS.get(message["kind"])
        if level is not None:
            hint = _following_hint(messages, i)
            _log.log(level, "%s%s", _text(message, "message"), f" ({hint})" if hint else "")


def _following_hint(messages: list[dict[str, Any]], i: int) -> str:
    follower = messages[i + 1] if i + 1 < len(messages) else {}
    return _text(follower, "message") if follower.get("kind") == "hint" else ""


def error(status: int, messages: list[dict[str, Any]]) -> SecretExecError:
    """Return the error of a run that ended with status; 0 if it did not give what it should."""
    if status in _SIGNALS:
        return _ended_by_signal(status)
    errors = [(i, m) for i, m in enumerate(messages) if m["kind"] == "error"]
    failures = [failure(m) for _, m in errors if m.get("code")]
    if not failures:
        code, retryable = _CODES.get(status, "INTERNAL"), bool(may_help(status))
        failures = [
            Failure(code, _text(m, "message"), hint=_following_hint(messages, i), retryable=retryable)
            for i, m in errors
        ]
    if not failures:
        failures = [_unexplained(status)]
    return SecretExecError(*failures, exit_status=status, retryable=may_help(status))


def failed(messages: list[dict[str, Any]]) -> bool:
    """Tell whether the messages say that the run failed."""
    return any(message["kind"] == "error" for message in messages)


def wrote(messages: list[dict[str, Any]], size: int) -> bool:
    """Tell whether the messages say that the run gave a document, of this size.

    The exit status does not: a program that is not ours may end well, and where
    SIGCHLD is ignored the system keeps no status, and Python makes it 0.
    """
    return any(m["kind"] == "done" and m.get("bytes") == size for m in messages)


def may_help(status: int) -> bool | None:
    """Tell whether a status is the one that says to try again; None if it says nothing."""
    return status == _RETRY_STATUS if status else None


def failure(fields: dict[str, Any]) -> Failure:
    """Return the failure that a message's fields, or an answer's error, describe."""
    http_status = fields.get("httpStatus")
    return Failure(
        code=_text(fields, "code"),
        message=_text(fields, "message"),
        where=_text(fields, "where"),
        path=_text(fields, "path"),
        reference=_text(fields, "reference"),
        store=_text(fields, "store"),
        identity=_text(fields, "identity"),
        request_id=_text(fields, "requestId"),
        http_status=http_status if isinstance(http_status, int) else 0,
        retryable=fields.get("retryable") is True,
        hint=_text(fields, "hint"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _ended_by_signal(status: int) -> SecretExecError:
    number = status - 128
    return SecretExecError(
        Failure(
            "CANCELLED",
            f"om-secret-exec was ended by signal {number}",
            retryable=True,
            hint="SIGKILL (9) mostly means that memory ran out" if number == 9 else "",  # noqa: PLR2004 - SIGKILL, whatever the platform
        ),
        exit_status=status,
    )


def _unexplained(status: int) -> Failure:
    why = "failed without saying why" if status else "ended without giving what it was asked for"
    return Failure(
        _CODES.get(status, "INTERNAL"),
        f"om-secret-exec {why}",
        retryable=bool(may_help(status)),
        hint=IS_IT_OURS,
    )
