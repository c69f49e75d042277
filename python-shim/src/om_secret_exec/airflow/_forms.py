"""The forms in which logs may show a value: Airflow's masker finds literal texts only."""

from __future__ import annotations

import base64
import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

# Airflow 3 skips what is shorter. Airflow 2 does not: there, a value of one letter
# would turn a log into stars.
MIN_LENGTH: Final = 5

# A value of more lines is known as a whole only: each line is a text to search for.
MAX_LINES: Final = 64

# Longer values are in no URL and no header. Their many forms would be slow to find.
_SHORT: Final = 512

# What the program escapes in a value beside what is not printable ASCII.
_ESCAPES: Final = MappingProxyType(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "\\u0024"}
)

# What PyYAML escapes by a letter between double quotes.
_YAML_ESCAPES: Final = MappingProxyType(
    dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\xa0\u2028\u2029', '0abtnvfre"\\N_LP'))
)


def forms(value: str) -> list[str]:
    """Return value as logs may show it, the likeliest first, each form once.

    Itself, each of its lines, escaped for JSON, Python, YAML and URLs and as the
    program writes it into a workflow, in base64, and what becomes of a text with an
    escaped value when that is escaped in its turn: print() of a task's arguments
    does so. What is too short to be masked is left out.
    """
    found = [*_escaped(value), *lines(value)[:MAX_LINES], *_encoded(value)]
    found += [again for form in _escaped(value) for again in _escaped_again(form)]
    if len(value) <= _SHORT:
        found += _encoded_in_texts(value)
    return [form for form in dict.fromkeys(found) if len(form) >= MIN_LENGTH]


def lines(value: str) -> list[str]:
    """Return the lines of a value that are worth masking, none if it is one line."""
    stripped = map(str.strip, value.splitlines()) if "\n" in value else ()
    return [line for line in stripped if len(line) >= MIN_LENGTH]


def _escaped(value: str) -> Iterator[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield _in_document(value)
    yield repr(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield _in_yaml(value)
    yield value.replace("'", "''")
    yield repr(_raw(value))[2:-1]


def _escaped_again(form: str) -> Iterator[str]:
    doubled = form.replace("\\", "\\\\")
    yield doubled
    yield doubled.replace("'", "\\'")  # where a text has both kinds of quotes
    yield json.dumps(form)[1:-1]


def _encoded(value: str) -> Iterator[str]:
    yield quote(value, safe="", errors="replace")
    yield quote_plus(value, errors="replace")
    raw = _raw(value)
    # Without the padding, which depends on what is before the value.
    yield base64.b64encode(raw).rstrip(b"=").decode("ascii")
    yield base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _encoded_in_texts(value: str) -> Iterator[str]:
    # As SQLAlchemy 2 and 1.4 write the passwords of URLs.
    urls = [
        quote(value, errors="replace"),
        quote(value, safe=" +", errors="replace"),
        re.sub("[:@/]", lambda m: f"%{ord(m[0]):X}", value),
    ]
    yield from urls
    for url in (quote(value, safe="", errors="replace"), quote_plus(value, errors="replace"), *urls):
        yield re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), url)
    # Three bytes become four characters: what a value looks like depends on how many
    # bytes are before it, a user's name and a colon in a header. Those of its characters
    # that depend on its neighbours as well are left out.
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before, shared in ((0, 0), (1, 2), (2, 3)):
            raw = b"\0" * before + _raw(value)
            yield encode(raw[: len(raw) // 3 * 3])[shared:].decode("ascii")


def _raw(value: str) -> bytes:
    return value.encode("utf-8", "replace")


def _in_document(value: str) -> str:
    """Return value as the program writes it between double quotes."""
    return "".join(_ESCAPES.get(c) or _as_document(c) for c in value)


def _as_document(c: str) -> str:
    return c if " " <= c <= "~" or c > "\uffff" else f"\\u{ord(c):04X}"


def _in_yaml(value: str) -> str:
    """Return value as PyYAML writes it between double quotes, lines not broken."""
    return "".join(map(_as_yaml, value))


def _as_yaml(c: str) -> str:
    if c in _YAML_ESCAPES:
        return f"\\{_YAML_ESCAPES[c]}"
    if " " <= c <= "~":
        return c
    code = ord(c)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - as many digits as it needs
