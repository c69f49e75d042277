"""Tells Airflow's secrets masker about values, before anything can print them."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Airflow 3 skips what is shorter. Airflow 2 does not: there, a value of one letter
# would turn a log into stars.
MIN_LENGTH: Final = 5

# What the program escapes in a value beside what is not printable ASCII.
_ESCAPES: Final = MappingProxyType(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "\\u0024"}
)

# What PyYAML escapes by a letter between double quotes.
_YAML_ESCAPES: Final = MappingProxyType(
    dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\xa0\u2028\u2029', '0abtnvfre"\\N_LP'))
)

_log = logging.getLogger("om_secret_exec.airflow")

# Where mask_secret is, newest first: 3.1, 3.0, 2.x. The first one also tells the
# supervisor of the task, which masks what the task prints.
_MODULES: Final = (
    "airflow.sdk.log",
    "airflow.sdk.execution_time.secrets_masker",
    "airflow.utils.log.secrets_masker",
)

# Modules that must not be in the middle of their import when ours is made.
_ROOTS: Final = ("airflow", "airflow.configuration", "airflow.settings", "airflow.sdk.configuration")


def mask(values: Iterable[str], *, warn: bool = True) -> None:
    """Register values with Airflow's masker, in every form they are likely printed in.

    Values shorter than MIN_LENGTH are left out, with a warning if warn. Without
    Airflow, and while Airflow is being imported, it does nothing.
    """
    secrets = sorted({value for value in values if value})
    short = sum(len(value) < MIN_LENGTH for value in secrets)
    if short and warn:
        _log.warning(
            "%d secret value(s) of less than %d characters cannot be masked in logs", short, MIN_LENGTH
        )
    wanted = sorted({form for value in secrets if len(value) >= MIN_LENGTH for form in forms(value)})
    mask_secret = _mask_secret() if wanted else None
    if mask_secret is None:
        return
    try:
        mask_secret(wanted)
    except RuntimeError:  # 2.x with a logging configuration of the site's own
        _log.warning(
            "Airflow's secrets masker is not installed on the logger airflow.task: values are not masked"
        )


def forms(value: str) -> Iterator[str]:
    """Yield value as logs may show it, what is too short to be masked left out.

    Itself, each of its lines, and escaped for JSON, Python, YAML and URLs, as the
    program writes it into a workflow, and in base64. Masking is literal: other
    forms, such as a part of a value, are not recognised.
    """
    yield value
    if "\n" in value:
        yield from (line for line in map(str.strip, value.splitlines()) if len(line) >= MIN_LENGTH)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield _in_document(value)
    yield _in_yaml(value)
    yield repr(value)[1:-1]
    yield value.replace("'", "''")
    yield quote(value, errors="replace")
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    raw = value.encode("utf-8", "replace")
    # Without the padding it is found in longer texts as well.
    yield base64.b64encode(raw).rstrip(b"=").decode("ascii")
    yield base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _in_document(value: str) -> str:
    """Return value as the program writes it between double quotes."""
    return "".join(_ESCAPES.get(c) or _escaped(c) for c in value)


def _escaped(c: str) -> str:
    return c if " " <= c <= "~" or c > "\uffff" else f"\\u{ord(c):04X}"


def _in_yaml(value: str) -> str:
    """Return value as PyYAML writes it between double quotes, lines not broken."""
    return "".join(map(_yaml_escaped, value))


def _yaml_escaped(c: str) -> str:
    if c in _YAML_ESCAPES:
        return f"\\{_YAML_ESCAPES[c]}"
    if " " <= c <= "~":
        return c
    code = ord(c)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - as many digits as it needs


def _mask_secret() -> Callable[[Any], None] | None:
    """Return Airflow's mask_secret, or None when there is none to be had."""
    from importlib import import_module

    if any(_initialising(name) for name in _ROOTS):
        return None
    for name in _MODULES:
        with contextlib.suppress(ImportError, AttributeError):
            mask_secret: Callable[[Any], None] = import_module(name).mask_secret
            return mask_secret
    return None


def _initialising(name: str) -> bool:
    """Report whether the import of a module has begun and not ended."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))
